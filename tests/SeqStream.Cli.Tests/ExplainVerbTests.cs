using System.Diagnostics;
using System.Text.Json;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

public sealed class ExplainVerbTests
{
    [Fact]
    public async Task Model_that_streams_is_explained_node_by_node()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "explain", TestModels.Late, "--rate", "50");

        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("window  Conv      window, shows 2 frames again, pads by the stream's own clock  1", run.Output, StringComparison.Ordinal);
        Assert.Contains("delay 1 frame, look-ahead 1 frame = 20 ms", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Index_shift_of_an_unpadded_window_is_no_look_ahead()
        => Assert.Contains("S - 2 frames for a stream of S, delay 2 frames, look-ahead 0 frames", (await Seqstream.RunAsync("", "explain", TestModels.Unpadded)).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Every_reason_why_not_comes_with_its_remedy()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "explain", TestModels.Backward);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("for 2 reasons:", run.Output, StringComparison.Ordinal);
        Assert.Contains("'back' (RNN): reverse direction cannot run step by step", run.Output, StringComparison.Ordinal);
        Assert.Contains("'most' (ReduceMax)", run.Output, StringComparison.Ordinal);
        Assert.Contains("Export the model forward-only", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_says_the_same()
    {
        JsonElement late = Parse(await Seqstream.RunAsync("", "explain", TestModels.Late, "--json", "--rate", "50"));
        Assert.True(late.GetProperty("streams").GetBoolean());
        Assert.Equal(20, late.GetProperty("outputs")[0].GetProperty("lookAheadMs").GetDouble());
        JsonElement window = late.GetProperty("nodes").EnumerateArray().Single(static node => node.GetProperty("node").GetString() == "window");
        Assert.Equal(("window", 2, 1), (window.GetProperty("how").GetString(), window.GetProperty("overlap").GetInt32(), window.GetProperty("delay").GetInt32()));

        JsonElement backward = Parse(await Seqstream.RunAsync("", "explain", TestModels.Backward, "--json"));
        Assert.False(backward.GetProperty("streams").GetBoolean());
        Assert.Equal(2, backward.GetProperty("blockers").GetArrayLength());
    }

    [Theory]
    [InlineData(66, "explain", "no-such-model")]
    [InlineData(2, "explain", "names", "--rate", "0")]
    [InlineData(2, "explain", "names", "--rates", "8")]
    [InlineData(2, "explain")]
    public async Task Bad_command_lines_have_their_exit_codes(int exitCode, params string[] arguments)
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", arguments);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith("seqstream: ", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explain")]
    [InlineData("verify")]
    public async Task Reader_that_has_enough_ends_the_verb_quietly(string verb)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The shell of this test is a Unix shell.");
        ProcessStartInfo shell = new("/bin/bash", ["-c", $"'{Seqstream.Path}' {verb} ner --json | head -1"]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = SharedFolder.Repository };
        using Process process = Process.Start(shell)!;
        Assert.Equal("{\n", await process.StandardOutput.ReadToEndAsync());
        Assert.Equal("", await process.StandardError.ReadToEndAsync());
    }

    private static JsonElement Parse(Seqstream.Outcome run)
    {
        using JsonDocument document = JsonDocument.Parse(run.Output);
        return document.RootElement.Clone();
    }
}
