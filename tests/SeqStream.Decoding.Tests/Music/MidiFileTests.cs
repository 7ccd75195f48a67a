using System.Diagnostics;
using SeqStream.Decoding.Music;

namespace SeqStream.Decoding.Tests.Music;

public sealed class MidiFileTests
{
    [Fact]
    public void A_note_becomes_the_bytes_of_the_standard()
    {
        using MemoryStream file = new();
        MidiFile.Write(file, AbcReader.Read("X:1\nT:A\nM:6/8\nL:1/8\nQ:1/4=100\nK:D\nF2\n"));
        Assert.Equal(
            "4D546864000000060001000201E0" // MThd, format 1, 2 tracks, 480 ticks
            + "4D54726B" + "0000001F" + "00FF030141" + "00FF580406031808" + "00FF59020200" + "00FF51030927C0" + "8360FF2F00" // title, 6/8, D major, 600000 us, end after 480
            + "4D54726B" + "0000000D" + "0090425A" + "8360804200" + "00FF2F00", // F sharp for 480 ticks
            Convert.ToHexString(file.ToArray()));
    }

    [Fact]
    public void A_repeated_note_ends_before_it_is_struck_again()
    {
        using MemoryStream file = new();
        MidiFile.Write(file, AbcReader.Read("X:1\nL:1/4\nK:C\nCC\n"));
        Assert.Equal([(0L, 480L, 60), (480L, 480L, 60)], MidiNotes.Of(file.ToArray(), channel: 0));
    }

    [Fact]
    public void Chord_names_have_a_channel_of_their_own()
    {
        using MemoryStream file = new();
        MidiFile.Write(file, AbcReader.Read("X:1\nL:1/4\nK:C\n\"Am\"AB|\n"));
        Assert.Equal(2, MidiNotes.Of(file.ToArray(), channel: 0).Count);
        Assert.Equal([45, 52, 57, 60], MidiNotes.Of(file.ToArray(), channel: 1).Select(static note => note.Key));
    }

    [Theory]
    [InlineData("M:4/4\nL:1/8\nK:G\n|:G2 FA (3BcdF2|^f2ff =f2f2:|[K:D]|:F>G A<B c4-|c4 z2 C2|1 D8:|2 d8|]\n")]
    [InlineData("M:6/8\nL:1/8\nK:Am\nA|:\"Am\"ABc edc|\"E\"B^GE E2F|\"Am\"ABc d2e|[1 \"E\"e3 e2A:|[2 \"Am\"a3 a2||\nM:2/4\n|:a/b/ c'/d'/ e2|(3efg a2|^G,2 G,A,:|\n")]
    [InlineData("M:3/4\nL:1/4\nQ:1/4=150\nK:Bb\nB,>C D/E/|F-F2|_A=AA|(5:4:5c/d/e/f/g/ z|A//B// c3/2 d/|e<d c|\n")]
    [InlineData("M:4/4\nL:1/4\nK:Dm\n|:d2::e2|f2::g2:|a2||b2|c'2|]\n")]
    public void Notes_are_those_of_abc2midi(string music) => Compare("X:1\n%%MIDI gchordoff\n" + music);

    /// <summary>The note list of this project and of abc2midi (Debian's abcmidi) for a tune.</summary>
    internal static void Compare(string abc)
    {
        byte[]? theirs = Abc2Midi(abc);
        Assert.SkipWhen(theirs is null, "abc2midi is not there. Install it (Debian: apt-get install abcmidi) to compare with it.");
        using MemoryStream ours = new();
        Tune tune = AbcReader.Read(abc);
        Assert.Empty(tune.Problems);
        MidiFile.Write(ours, tune);
        Assert.Equal(MidiFile.TicksPerQuarter, MidiNotes.TicksPerQuarter(theirs));
        List<(long Start, long Length, int Key)> expected = MidiNotes.Of(theirs, channel: 0), found = MidiNotes.Of(ours.ToArray(), channel: 0);
        Assert.Equal(expected.Select(static note => note.Key), found.Select(static note => note.Key));
        foreach (((long Start, long Length, int Key) their, (long Start, long Length, int Key) our) in expected.Zip(found)) // abc2midi begins a tick late and ends in time
        {
            Assert.InRange(our.Start - their.Start, -2, 2);
            Assert.InRange(our.Start + our.Length - their.Start - their.Length, -2, 2);
        }
    }

    private static byte[]? Abc2Midi(string abc)
    {
        string folder = Directory.CreateTempSubdirectory("seqstream-abc-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "tune.abc"), abc);
            ProcessStartInfo start = new("abc2midi", ["tune.abc", "-o", "tune.mid"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            string said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.DoesNotContain("Error", said, StringComparison.Ordinal);
            return File.ReadAllBytes(Path.Combine(folder, "tune.mid"));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
