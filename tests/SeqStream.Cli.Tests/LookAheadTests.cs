using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>A published model with layers in both directions: refused by name, or run with a look-ahead.</summary>
public sealed class LookAheadTests
{
    private const string Folder = "models/tract-lstm-cases/byte_sb_bidi_lstm";
    private const int LongestStream = 200, Layers = 2;

    private static string Model => SharedFolder.Require(Folder + "/model.onnx");

    [Theory]
    [InlineData("run", 65)]
    [InlineData("verify", 65)]
    [InlineData("inspect", 65)]
    [InlineData("explain", 1)]
    public async Task Without_a_look_ahead_each_layer_is_refused_by_name(string verb, int exitCode)
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", verb, Model);

        Assert.Equal(exitCode, run.ExitCode);
        foreach (string node in new[] { "LSTM_9", "LSTM_20" }) Assert.Contains(node, run.Output + run.Errors, StringComparison.Ordinal);
        Assert.Contains("bidirectional direction cannot run step by step", run.Output + run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("native")]
    [InlineData("onnxruntime")]
    public async Task With_windows_beyond_every_end_run_reproduces_the_reference(string executor)
    {
        Assert.SkipWhen(executor != "native" && Ort.OrtLibrary.Find().Library is null, "ONNX Runtime is absent: run tools/get-onnxruntime first.");
        Seqstream.Outcome run = await Seqstream.RunAsync(Unpack("in"), "run", Model, "--in", "jsonl", "--out", "jsonl", "--lookahead", Text(LongestStream), "--executor", executor);

        Assert.Equal(0, run.ExitCode);
        Dictionary<(string?, int), float[]> answers = run.Lines.ToDictionary(KeyOf, NumbersOf);
        string[] expected = Unpack("out").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Length, answers.Count);
        foreach (string line in expected)
        {
            foreach ((float one, float other) in NumbersOf(line).Zip(answers[KeyOf(line)])) Assert.True(MathF.Abs(one - other) <= 1e-4f * MathF.Max(1, MathF.Abs(one)), $"{line}: {other}");
        }
    }

    [Fact]
    public async Task Window_runs_the_newest_frames_anew_and_says_that_it_is_approximate()
    {
        Assert.SkipWhen(Ort.OrtLibrary.Find().Library is null, "ONNX Runtime is absent: run tools/get-onnxruntime first.");
        Seqstream.Outcome run = await Seqstream.RunAsync("{\"x\":[1]}\n{\"x\":[2]}\n", "run", Model, "--in", "jsonl", "--out", "jsonl", "--window", "4");

        Assert.Equal((0, 2), (run.ExitCode, run.Lines.Length));
        Assert.StartsWith("seqstream: approximate: each answer is that of a sequence that began 4 frames ago, because the model cannot be compiled into steps: 'LSTM_9' (LSTM): ", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("activity", "seqstream: Model 'activity' steps exactly, without a window. Leave --window out.\n", "--window", "4")]
    [InlineData("activity", "seqstream: --window is 0; expected 1 to 100000 frames.\n", "--window", "0")]
    public async Task Window_that_makes_no_sense_is_refused(string model, string message, params string[] options)
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", ["run", model, .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(message, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_answers_every_frame_and_says_what_looks_ahead_and_by_how_much_it_lags()
    {
        const int ahead = 10;
        Seqstream.Outcome run = await Seqstream.RunAsync(Unpack("in"), "run", Model, "--in", "jsonl", "--lookahead", Text(ahead));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Unpack("out").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, run.Lines.Length);
        Assert.Contains("approximate: LSTM_9, LSTM_20 run in reverse over each frame and the 10 frames after it", run.Errors, StringComparison.Ordinal);
        Assert.Contains(Text($"it lags by {Layers * ahead} of them and looks {Layers * ahead} source frames ahead"), run.Errors, StringComparison.Ordinal);
        Assert.Contains("--lookahead 10' measures how near the answers are", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_measures_the_deviation_which_longer_windows_make_smaller_and_says_the_delay()
    {
        double[] deviations = [await DeviationOf(2), await DeviationOf(10), await DeviationOf(LongestStream)];

        Assert.True(deviations[0] > deviations[1] && deviations[1] > deviations[2], string.Join(", ", deviations));
        Assert.InRange(deviations[2], 0, 1e-4);
        Seqstream.Outcome text = await Seqstream.RunAsync("", "verify", Model, "--lookahead", "10", "--rounds", "1");
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("approximate", text.Output, StringComparison.Ordinal);
        Assert.Contains("it lags by 20 of them and looks 20 source frames ahead", text.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("100000")]
    public async Task A_look_ahead_that_cannot_be_is_a_usage_error(string frames)
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "run", Model, "--lookahead", frames);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"--lookahead is {frames}; expected 0 to 16384 frames", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_candidates_for_a_state_are_an_error_that_lists_them()
    {
        foreach (string verb in new[] { "inspect", "run" })
        {
            Seqstream.Outcome run = await Seqstream.RunAsync("", verb, TestModels.TwoCandidates);
            Assert.Equal(65, run.ExitCode);
            Assert.Contains("'memory': it looks like a state, but its next value may be any of: memory -> first; memory -> second", run.Errors, StringComparison.Ordinal);
            Assert.Contains("seqstream.state.memory", run.Errors, StringComparison.Ordinal);
        }
    }

    private static async Task<double> DeviationOf(int ahead)
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "verify", Model, "--lookahead", Text(ahead), "--rounds", "1", "--length", "60", "--json", "--quiet");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        using JsonDocument report = JsonDocument.Parse(run.Output);
        Assert.True(report.RootElement.GetProperty("approximate").GetBoolean());
        Assert.Equal(Layers * ahead, report.RootElement.GetProperty("timing")[0].GetProperty("delay").GetInt32());
        return report.RootElement.GetProperty("outputs")[0].GetProperty("greatest").GetDouble();
    }

    private static (string?, int) KeyOf(string line)
    {
        using JsonDocument record = JsonDocument.Parse(line);
        return (record.RootElement.GetProperty("stream").GetString(), record.RootElement.GetProperty("step").GetInt32());
    }

    private static float[] NumbersOf(string line)
    {
        using JsonDocument record = JsonDocument.Parse(line);
        return [.. record.RootElement.GetProperty("outputs").GetProperty("output").EnumerateArray().Select(static number => number.GetSingle())];
    }

    private static string Unpack(string part)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(SharedFolder.Require($"{Folder}/reference/model.{part}.jsonl.gz")), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
