using System.Globalization;
using System.Text;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.Native.Tests;

/// <summary>The C interface from C: it says what the managed engine says, and no argument brings it down.</summary>
public sealed class InterfaceTests
{
    private const double LargestGrowthKilobytes = 24 * 1024;
    private const long LargestGrowthOfAllocator = 1 << 20; // 14 bytes in each call that fails

    [Theory]
    [InlineData("", 20241, 100_000)]
    [InlineData("", 3, 100_000)] // asked once for an answer of a graph without any
    [InlineData("baseline", 20241, 30_000)]
    public void Random_calls_with_wrong_arguments_are_answered_by_codes(string level, int seed, int calls)
    {
        NativeBuild.Outcome run = NativeBuild.Run(NativeBuild.TestProgram("fuzz"), [seed.ToString(CultureInfo.InvariantCulture), calls.ToString(CultureInfo.InvariantCulture), "activity"], null, ("SEQSTREAM_LEVEL", level));

        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
        string[] words = run.Output.Split(' ');
        Assert.True(int.Parse(words[2], CultureInfo.InvariantCulture) > calls / 2, run.Output);
        Assert.True(double.Parse(words[4], CultureInfo.InvariantCulture) < LargestGrowthKilobytes, run.Output);
        Assert.True(long.Parse(words[7], CultureInfo.InvariantCulture) < LargestGrowthOfAllocator, run.Output);
        Assert.EndsWith(" 0 handles\n", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "activity")]
    [InlineData("baseline", "activity")]
    [InlineData("", "motions")]
    public void Saved_forked_and_batched_sessions_answer_the_same_bits(string level, string model)
    {
        NativeBuild.Outcome run = NativeBuild.Run(NativeBuild.TestProgram("bits"), [model], null, ("SEQSTREAM_LEVEL", level));

        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void Threads_that_share_a_session_by_mistake_get_answers()
    {
        NativeBuild.Outcome run = NativeBuild.Run(NativeBuild.TestProgram("threads"), ["activity"]);

        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("csv", "activity")]
    [InlineData("csv", "motions")]
    [InlineData("csv", "pose-activity")]
    [InlineData("text", "ner")]
    [InlineData("text", "toxic")]
    [InlineData("text", "sentiment")]
    [InlineData("text", "translate-fr-en")]
    [InlineData("text", "dna")]
    [InlineData("pcm", "speech-tags")]
    [InlineData("pcm", "speech-digits")]
    public void Emissions_are_those_of_run(string kind, string model)
    {
        byte[] input = kind switch
        {
            "csv" => Encoding.ASCII.GetBytes(Samples.Rows(model)),
            "text" => Encoding.UTF8.GetBytes(Samples.Text(model)),
            _ => Samples.Sound(),
        };
        NativeBuild.Outcome native = NativeBuild.Run(NativeBuild.TestProgram("emit"), [kind, model], input);
        NativeBuild.Outcome managed = NativeBuild.Run(Samples.ManagedProgram, ["run", model, "--in", kind == "pcm" ? "s16le" : kind, "--out", "jsonl", .. kind == "pcm" ? (string[])["--rate", "8000"] : []], input);

        Assert.Equal("", native.Errors);
        Assert.Equal("", managed.Errors);
        Assert.NotEmpty(managed.Lines);
        Assert.Equal(managed.Lines, native.Lines);
    }

    [Fact]
    public void Program_in_C_says_what_the_managed_engine_says()
    {
        string rows = Samples.Rows("activity");
        string expected = Managed(rows);

        Assert.Equal(expected, NativeBuild.Run(Path.Combine(NativeBuild.Folder, "examples", "activity"), [], Encoding.ASCII.GetBytes(rows)).Output);
        Assert.Equal(40, expected.Split('\n').Length - 1);
    }

    [Fact]
    public void Lowest_level_says_the_same_within_rounding()
    {
        byte[] rows = Encoding.ASCII.GetBytes(Samples.Rows("activity"));
        string[] best = NativeBuild.Run(Path.Combine(NativeBuild.Folder, "examples", "activity"), [], rows).Lines;
        string[] lowest = NativeBuild.Run(Path.Combine(NativeBuild.Folder, "examples", "activity"), [], rows, ("SEQSTREAM_LEVEL", "baseline")).Lines;

        Assert.Equal(best.Select(static line => line.Split(' ')[0]), lowest.Select(static line => line.Split(' ')[0]));
        for (int i = 0; i < best.Length; i++) Assert.Equal(double.Parse(best[i].Split(' ')[1], CultureInfo.InvariantCulture), double.Parse(lowest[i].Split(' ')[1], CultureInfo.InvariantCulture), 1e-4);
    }

    [Fact]
    public void Program_in_CSharp_says_the_same()
    {
        string rows = Samples.Rows("activity");
        string program = Path.Combine(SharedFolder.Repository, "artifacts", "bin", "SeqStream.Example", "release", "SeqStream.Example");
        Assert.SkipUnless(File.Exists(program), $"'{program}' is absent: build the solution in Release.");

        Assert.Equal(Managed(rows), NativeBuild.Run(program, [], Encoding.ASCII.GetBytes(rows)).Output);
    }

    [Fact]
    public void Program_in_Python_says_the_same()
    {
        NativeBuild.Require("python3");
        string rows = Samples.Rows("activity");
        NativeBuild.Outcome run = NativeBuild.Run("python3", [Path.Combine(SharedFolder.Repository, "tools", "examples", "python", "seqstream.py"), "activity"], Encoding.ASCII.GetBytes(rows), ("SEQSTREAM_LIBRARY", Path.Combine(NativeBuild.Folder, "lib", "libseqstream.so")));

        Assert.Equal("", run.Errors);
        Assert.Equal(Managed(rows), run.Output);
    }

    [Fact]
    public void Program_in_Cxx_tags_what_run_tags()
    {
        NativeBuild.Require("g++");
        byte[] text = Encoding.UTF8.GetBytes(Samples.Text("ner"));

        Assert.Equal(NativeBuild.Run(Samples.ManagedProgram, ["run", "ner", "--in", "text", "--out", "text"], text).Output, NativeBuild.Run(Path.Combine(NativeBuild.Folder, "examples", "words-cpp"), [], text).Output);
    }

    [Fact]
    public void Program_for_sound_hears_what_run_hears()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("seqstream-speech-").FullName, "talk.wav");
        File.WriteAllBytes(file, Samples.Wav());
        NativeBuild.Outcome native = NativeBuild.Run(Path.Combine(NativeBuild.Folder, "examples", "speech"), [file]);
        List<string> expected = [];
        foreach (string line in NativeBuild.Run(Samples.ManagedProgram, ["run", "speech-tags", "--in", "wav", "--out", "jsonl"], Samples.Wav()).Lines)
        {
            JsonElement said = JsonDocument.Parse(line).RootElement;
            if (said.TryGetProperty("partial", out _)) continue;
            JsonElement span = said.GetProperty("span");
            expected.Add(string.Create(CultureInfo.InvariantCulture, $"{span[0].GetDouble():F3} {span[1].GetDouble():F3} {said.GetProperty("label").GetString()} {said.GetProperty("score").GetSingle():F4}"));
        }

        Assert.Equal("", native.Errors);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, native.Lines);
    }

    [Fact]
    public void Level_whose_file_is_absent_is_told_and_nothing_slower_taken()
    {
        string folder = Directory.CreateTempSubdirectory("seqstream-level-").FullName;
        foreach (string name in new[] { "lib", "examples" }) Directory.CreateDirectory(Path.Combine(folder, name));
        File.Copy(Path.Combine(NativeBuild.Folder, "lib", "libseqstream.so"), Path.Combine(folder, "lib", "libseqstream.so"));
        File.Copy(Path.Combine(NativeBuild.Folder, "examples", "activity"), Path.Combine(folder, "examples", "activity"));
        NativeBuild.Outcome run = NativeBuild.Run(Path.Combine(folder, "examples", "activity"), []);
        NativeBuild.Outcome unknown = NativeBuild.Run(Path.Combine(folder, "examples", "activity"), [], null, ("SEQSTREAM_LEVEL", "fastest"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("cannot be loaded", run.Errors, StringComparison.Ordinal);
        Assert.Contains("SEQSTREAM_LEVEL is 'fastest'; expected avx512, avx2 or baseline.", unknown.Errors, StringComparison.Ordinal);
    }

    private static string Managed(string rows)
    {
        using LiveModel model = LiveModel.Load(Path.Combine(SharedFolder.Repository, "models", "activity"));
        using LiveStream stream = model.CreateStream();
        StringBuilder said = new();
        foreach (string line in rows.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Null(stream.Push([.. line.Split(',').Select(static number => float.Parse(number, CultureInfo.InvariantCulture))]).Problem);
            while (stream.TryTake(out Emission? emission)) said.Append(CultureInfo.InvariantCulture, $"{emission.Label} {emission.Score:F6}\n");
        }
        return said.ToString();
    }
}
