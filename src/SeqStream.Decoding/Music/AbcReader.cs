using System.Collections.Immutable;

namespace SeqStream.Decoding.Music;

/// <summary>
/// Reads a tune in ABC notation (the ABC standard 2.1, one voice): X T M L K Q fields before and inside the tune, notes with accidentals that last the bar in all octaves,
/// lengths, ties, broken rhythm, tuplets, chords in brackets, rests, repeats with endings, chord names in quotes.
/// Passed over without a word: other fields, lyrics, grace notes, decorations, slurs, annotations (quotes that begin with one of <c>^ _ &lt; &gt; @</c>), the order of parts.
/// What cannot be read is left out and told in <see cref="Tune.Problems"/>. Any thread.
/// </summary>
public static class AbcReader
{
    private const int LongestText = 1 << 20;

    /// <summary>Reads the first tune of a text: from its <c>X:</c> line, or else from its beginning, to an empty line or the end.</summary>
    /// <exception cref="ArgumentException">The text has more than 1,048,576 characters.</exception>
    public static Tune Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LongestText) throw new ArgumentException(FormattableString.Invariant($"An ABC text of {text.Length} characters was given, expected at most {LongestText}."), nameof(text));
        AbcNotation notation = new();
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        int first = Math.Max(0, Array.FindIndex(lines, static line => line.StartsWith("X:", StringComparison.Ordinal)));
        bool isBody = false;
        for (int i = first; i < lines.Length; i++)
        {
            string line = WithoutComment(lines[i]);
            if (lines[i].Length == 0 && i > first) break;
            if (line.Length == 0) continue;
            if (IsField(line)) isBody |= ReadField(notation, line, i + 1);
            else if (isBody) AbcMusicLine.Read(notation, line, i + 1);
            else notation.Report(i + 1, 1, $"found '{Shown(line)}' before the K: field, expected fields such as 'M:4/4', with K: as the last.");
        }
        notation.Complete();
        if (!isBody) notation.Report(lines.Length, 1, "found no K: field, expected one before the notes.");
        return TuneBuilder.Build(notation);
    }

    /// <summary>Reads one field; true if notes may follow it.</summary>
    internal static bool ReadField(AbcNotation notation, string field, int line)
    {
        string value = field[2..].Trim();
        switch (field[0])
        {
            case 'T':
                if (notation.Title.Length == 0) notation.Title = value;
                break;
            case 'M':
                if (Metre.TryParse(value, out Metre metre)) notation.Begin(metre);
                else notation.Report(line, 3, $"found the metre '{Shown(value)}', expected one such as '6/8'.");
                break;
            case 'L':
                if (Metre.TryParse(value, out Metre unit) && value.Contains('/', StringComparison.Ordinal)) notation.Unit = unit.Bar;
                else notation.Report(line, 3, $"found the unit '{Shown(value)}', expected one such as '1/8'.");
                break;
            case 'Q':
                if (AbcTempo.Parse(value, notation.UnitOrDefault) is double tempo) notation.Add(new AbcEvent(AbcEventKind.Tempo) { QuartersPerMinute = tempo });
                else if (!AbcTempo.IsWords(value)) notation.Report(line, 3, $"found the tempo '{Shown(value)}', expected one such as '1/4=120'.");
                break;
            case 'K':
                if (KeySignature.Parse(value) is KeySignature key) notation.Begin(key);
                else notation.Report(line, 3, $"found the key '{Shown(value)}', expected one such as 'G', 'Am' or 'Bb'.");
                return true;
            case 'V':
                notation.BeginVoice(value, line);
                break;
            default:
                break;
        }
        return false;
    }

    /// <summary>True for a letter with a colon at the beginning of a line, unless it is a note before a repeat.</summary>
    internal static bool IsField(ReadOnlySpan<char> line) => line.Length >= 2 && line[1] == ':' && char.IsAsciiLetter(line[0]) && !(line.Length > 2 && line[2] is ':' or '|');

    /// <summary>At most 20 characters of a text, for messages.</summary>
    internal static string Shown(string text) => text.Length <= 20 ? text : text[..20] + "...";

    private static string WithoutComment(string line)
    {
        int at = line.IndexOf('%', StringComparison.Ordinal);
        return (at < 0 ? line : line[..at]).TrimEnd();
    }
}
