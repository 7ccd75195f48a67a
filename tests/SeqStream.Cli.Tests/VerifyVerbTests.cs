using System.Text.Json;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

public sealed class VerifyVerbTests
{
    [Theory]
    [InlineData("names")]
    [InlineData("ner")]
    [InlineData("activity")]
    public async Task Bundled_models_are_equal_to_their_whole_sequences(string model)
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "verify", model, "--rounds", "1", "--json", "--quiet");

        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
        using JsonDocument report = JsonDocument.Parse(run.Output);
        Assert.True(report.RootElement.GetProperty("equal").GetBoolean());
        Assert.Equal(JsonValueKind.Null, report.RootElement.GetProperty("firstDifference").ValueKind);
        Assert.NotEqual(0, report.RootElement.GetProperty("nodes").GetArrayLength());
    }

    [Fact]
    public async Task Models_whose_answers_lag_are_verified_at_their_own_delay()
    {
        foreach (string model in new[] { TestModels.Late, TestModels.Unpadded })
        {
            Seqstream.Outcome run = await Seqstream.RunAsync("", "verify", model, "--seed", "5", "--quiet");
            Assert.Equal(0, run.ExitCode);
            Assert.Contains("0 differ", run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Step_models_are_verified_against_onnx_runtime()
    {
        Assert.SkipWhen(Ort.OrtLibrary.Find().Library is null, "ONNX Runtime is absent: run tools/get-onnxruntime first.");
        Seqstream.Outcome silero = await Seqstream.RunAsync("", "verify", SharedFolder.Require("models/silero-vad/silero_vad.onnx"), "--dim", "input[1]=576", "--const", "sr=16000", "--rounds", "1");
        Assert.Equal((0, ""), (silero.ExitCode, silero.Errors));
        Assert.Contains("equal", silero.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65, "it starts at the end of the stream", "backward")]
    [InlineData(2, "needs 3 frames", "unpadded", "--length", "2")]
    [InlineData(2, "--rounds is 0", "late", "--rounds", "0")]
    [InlineData(2, "Did you mean '--rounds'?", "late", "--round", "2")]
    [InlineData(66, "", "absent")]
    public async Task What_cannot_be_verified_is_refused(int exitCode, string words, string model, params string[] options)
    {
        string path = model switch { "backward" => TestModels.Backward, "unpadded" => TestModels.Unpadded, "late" => TestModels.Late, _ => TestModels.Absent };
        Seqstream.Outcome run = await Seqstream.RunAsync("", ["verify", path, .. options]);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(words, run.Errors, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }
}
