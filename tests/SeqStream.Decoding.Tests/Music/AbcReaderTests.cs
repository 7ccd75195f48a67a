using SeqStream.Decoding.Music;

namespace SeqStream.Decoding.Tests.Music;

public sealed class AbcReaderTests
{
    [Theory]
    [InlineData("K:C\nCDEFGABcdefgabc'", "60:1 62:1 64:1 65:1 67:1 69:1 71:1 72:1 74:1 76:1 77:1 79:1 81:1 83:1 84:1")]
    [InlineData("K:C\nC,D,,", "48:1 38:1")]
    [InlineData("K:G\nFf", "66:1 78:1")]
    [InlineData("K:F\nB", "70:1")]
    [InlineData("K:Em\nFC", "66:1 60:1")]
    [InlineData("K:Bb\nBEA", "70:1 63:1 69:1")]
    [InlineData("K:Ador\nF", "66:1")]
    [InlineData("K:D mix\nFC", "66:1 60:1")]
    [InlineData("K:C ^f\nF", "66:1")]
    [InlineData("K:G\n=FF|F", "65:1 65:1 66:1")]
    [InlineData("K:C\n^Ff|_BB|^^C__D=E", "66:1 78:1 70:1 70:1 62:1 60:1 64:1")]
    [InlineData("K:C\n^F-|FF", "66:2 65:1")]
    [InlineData("K:C\nC2D/E3/2F//G/4A4/", "60:2 62:0.5 64:1.5 65:0.25 67:0.25 69:2")]
    [InlineData("K:C\nC-C|D-|D2", "60:2 62:3")]
    [InlineData("K:C\nC>DE<F", "60:1.5 62:0.5 64:0.5 65:1.5")]
    [InlineData("K:C\nC>>D", "60:1.75 62:0.25")]
    [InlineData("K:C\n(3CDE F", "60:0.667 62:0.667 64:0.667 65:1")]
    [InlineData("M:6/8\nL:1/4\nK:C\n(2CD E", "60:1.5 62:1.5 64:1")]
    [InlineData("K:C\n(3:2:2C2D E", "60:1.333 62:0.667 64:1")]
    [InlineData("K:C\n[CE]2 z [C2E]", "60:2 64:2 60:2 64:2")]
    [InlineData("K:C\n{ab}C !trill!D ~E .F uG (AB) \"^slow\"c", "60:1 62:1 64:1 65:1 67:1 69:1 71:1 72:1")]
    [InlineData("L:1/8\nK:C\nC\nL:1/4\nD\n[K:G]F", "60:0.5 62:1 66:1")]
    [InlineData("M:2/4\nL:none\nK:C\nC", "60:0.25")]
    public void A_snippet_sounds_as_written(string text, string expected)
    {
        Tune tune = AbcReader.Read("X:1\n" + (text.Contains("L:", StringComparison.Ordinal) || text.Contains("M:", StringComparison.Ordinal) ? text : "L:1/4\n" + text));
        Assert.Equal(expected, string.Join(' ', tune.Melody.Select(static note => FormattableString.Invariant($"{note.Pitch}:{note.Length:0.###}"))));
    }

    [Theory]
    [InlineData("CD|", "CD")]
    [InlineData("CD:|E", "CDCDE")]
    [InlineData("C|:D:|E", "CDDE")]
    [InlineData("|:C::D:|", "CCDD")]
    [InlineData("|:C:|D|[1E:|[2F|", "CCDEDF")]
    [InlineData("|:C|[1D:|E|", "CDCE")]
    [InlineData("|:C|[1D:|E:|F", "CDCEEF")]
    [InlineData("|:C|[1D:|[2E|F", "CDCEF")]
    [InlineData("|:C|1D:|2E||F", "CDCEF")]
    [InlineData("|:C|[1,3D:|[2E:|F", "CDCECDF")]
    [InlineData("C||D:|", "CDD")]
    [InlineData("|:C|[1D:|[2E:|:F:|", "CDCEFF")]
    [InlineData("|:C:||:D:|", "CCDD")]
    [InlineData("C|[2D", "CD")]
    public void Repeats_and_endings_are_played_in_order(string music, string expected)
    {
        Tune tune = AbcReader.Read($"X:1\nL:1/4\nK:C\n{music}\n");
        Assert.Equal(expected, string.Concat(tune.Melody.Select(static note => "C D EF"[note.Pitch - 60])));
        Assert.Equal(Enumerable.Range(0, expected.Length).Select(static i => (double)i), tune.Melody.Select(static note => note.Start));
    }

    [Fact]
    public void Chord_names_sound_until_the_next_or_the_bar_line_and_again_in_the_next_bar()
    {
        Tune tune = AbcReader.Read("X:1\nM:4/4\nL:1/4\nK:C\n\"C\"CD\"G7/B\"EF|GAGF|\n");
        Assert.Equal("36@0:2 55@0:2 60@0:2 52@0:2 47@2:2 53@2:2 55@2:2 59@2:2 62@2:2 47@4:4 53@4:4 55@4:4 59@4:4 62@4:4".Split(' ').Order(),
            tune.Chords.Select(static note => $"{note.Pitch}@{note.Start}:{note.Length}").Order());
    }

    [Theory]
    [InlineData("Q:1/4=90", 90)]
    [InlineData("Q:3/8=80", 120)]
    [InlineData("Q:160", 160)]
    [InlineData("Q:\"Allegro\" 1/8=240", 120)]
    [InlineData("Q:\"Allegro\"", 120)]
    [InlineData("", 120)]
    public void Tempo_is_told_in_quarter_notes(string field, double expected)
        => Assert.Equal(expected, AbcReader.Read($"X:1\nL:1/4\n{field}\nK:C\nC\n").Tempi[0].QuartersPerMinute);

    [Fact]
    public void Tempo_may_change_within_the_tune()
    {
        Tune tune = AbcReader.Read("X:1\nL:1/4\nQ:1/4=60\nK:C\nCC\nQ:1/4=120\nCC\n");
        Assert.Equal([new TempoChange(0, 60), new TempoChange(2, 120)], tune.Tempi);
        Assert.Equal(3, TuneSound.SecondsAt(tune, 4));
    }

    [Theory]
    [InlineData("X:1\nCDE", "line 2, column 1")]
    [InlineData("X:1\nK:C\nC#D", "line 3, column 2: found '#'")]
    [InlineData("X:1\nK:C\n\"GCDE", "line 3, column 1: found a quote")]
    [InlineData("X:1\nK:H\nC", "line 2, column 3: found the key 'H'")]
    [InlineData("X:1\nM:6/7\nK:C\nC", "line 2, column 3: found the metre")]
    [InlineData("X:1\nL:x\nK:C\nC", "line 2, column 3: found the unit")]
    [InlineData("X:1\nQ:fast\nK:C\nC", "line 2, column 3: found the tempo")]
    [InlineData("X:1\nK:C\n[CE", "line 3, column 4: found a bracket")]
    [InlineData("X:1\nK:C\n-C", "line 3, column 1: found '-'")]
    [InlineData("X:1\nK:C\n>C", "line 3, column 1: found '>'")]
    [InlineData("X:1\nK:C\nC99999999", "line 3, column 2: found the number")]
    [InlineData("X:1\nK:C\nC/0", "line 3, column 3: found the number")]
    [InlineData("X:1\nK:C\nc''''''''", "line 3, column 1: found a note")]
    [InlineData("X:1\nV:1\nK:C\nC\nV:2\nE", "line 5, column 1: found the voice")]
    [InlineData("X:1\nK:C\nC-D", "line 3, column 2: found a tie to a note of another pitch")]
    [InlineData("X:1\nK:C\nCD-", "line 3, column 3: found a tie to a note of another pitch")]
    [InlineData("X:1\nK:C\n|:C|:D:|", "line 3, column 4: found a repeat that begins within a repeat")]
    [InlineData("X:1\nK:C\nC:|\n|:D|", "line 4, column 1: found a repeat that does not end")]
    [InlineData("X:1\nK:C\nC::D:|", "line 3, column 2: found '::' outside a repeat")]
    [InlineData("X:1\nK:C\nC[1D:|[2E|", "line 3, column 3: found a first ending outside a repeat")]
    [InlineData("X:1\nK:C\n\"G/\"C", "line 3, column 1: found the chord name 'G/'")]
    [InlineData("X:1\nK:C\n\"what\"C", "line 3, column 1: found the chord name 'what'")]
    [InlineData("", "found no K: field")]
    [InlineData("X:1\nK:C\nC é 🎵", "found 'é'")]
    public void What_cannot_be_read_is_told_with_its_place(string text, string expected)
        => Assert.Contains(AbcReader.Read(text).Problems, problem => problem.ToString().Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Random_text_never_throws()
    {
        const string Alphabet = "ABCGabcgz^_=,'0123456789/|:[]()<>-{}!+\"\n %KLMQVX\\~.é";
        Random random = new(4);
        for (int round = 0; round < 3000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(80)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            Tune tune = AbcReader.Read("X:1\nK:C\n" + text);
            Assert.All(tune.Melody, static note => Assert.True(note.Length > 0 && double.IsFinite(note.Start)));
        }
    }

    [Fact]
    public void A_text_of_more_than_a_million_characters_is_refused()
        => Assert.Throws<ArgumentException>(static () => AbcReader.Read(new string('C', (1 << 20) + 1)));

    [Fact]
    public void A_tune_ends_at_the_empty_line() => Assert.Single(AbcReader.Read("junk\nX:1\nK:C\nC\n\nX:2\nK:C\nDE\n").Melody);
}
