using System.IO.Compression;
using System.Text.Json;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>Published step models from stdin, with no option but the formats, against recorded outputs of ONNX Runtime.</summary>
public sealed class StepModelTests
{
    [Theory]
    [InlineData("silero-vad", "silero_vad", "silero_vad")]
    [InlineData("silero-vad", "silero_vad", "silero_vad.two")]
    [InlineData("silero-vad", "silero_vad_16k_op15", "silero_vad_16k_op15")]
    [InlineData("silero-vad", "silero_vad_op18_ifless", "silero_vad_op18_ifless")]
    [InlineData("dtln", "model_1", "model_1")]
    [InlineData("dtln", "model_2", "model_2")]
    public async Task Run_reproduces_the_reference(string folder, string model, string reference)
    {
        string input = Unpack($"models/{folder}/reference/{reference}.in.jsonl.gz"), expected = Unpack($"models/{folder}/reference/{reference}.out.jsonl.gz");
        Seqstream.Outcome run = await Seqstream.RunAsync(input, "run", SharedFolder.Require($"models/{folder}/{model}.onnx"), "--in", "jsonl", "--out", "jsonl");

        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
        Dictionary<(string?, int), JsonElement> answers = run.Lines.Select(Parse).ToDictionary(KeyOf);
        JsonElement[] lines = [.. expected.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
        Assert.Equal(lines.Length, answers.Count);
        foreach (JsonElement line in lines) AssertSame(line, answers[KeyOf(line)], line.ToString()[..30]);
    }

    /// <summary>The same members in the same order; numbers within the tolerance.</summary>
    private static void AssertSame(JsonElement expected, JsonElement found, string where)
    {
        Assert.Equal(expected.ValueKind, found.ValueKind);
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.Equal(expected.EnumerateObject().Select(static member => member.Name), found.EnumerateObject().Select(static member => member.Name));
                foreach (JsonProperty member in expected.EnumerateObject()) AssertSame(member.Value, found.GetProperty(member.Name), $"{where}.{member.Name}");
                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), found.GetArrayLength());
                for (int i = 0; i < expected.GetArrayLength(); i++) AssertSame(expected[i], found[i], $"{where}[{i}]");
                break;
            case JsonValueKind.Number:
                Assert.True(Math.Abs(expected.GetDouble() - found.GetDouble()) <= 1e-4, $"{where}: expected {expected}, found {found}");
                break;
            default:
                Assert.Equal(expected.ToString(), found.ToString());
                break;
        }
    }

    private static JsonElement Parse(string line)
    {
        using JsonDocument record = JsonDocument.Parse(line);
        return record.RootElement.Clone();
    }

    private static (string? Stream, int Step) KeyOf(JsonElement record) => (record.GetProperty("stream").GetString(), record.GetProperty("step").GetInt32());

    [Fact]
    public async Task Bound_constant_may_be_left_out_but_not_changed()
    {
        string[] lines = Unpack("models/silero-vad/reference/silero_vad.in.jsonl.gz").Split('\n');
        string model = SharedFolder.Require("models/silero-vad/silero_vad.onnx");
        string input = string.Join('\n', lines[0], lines[1].Replace("\"sr\":[16000]", "\"sr\":8000", StringComparison.Ordinal), lines[1].Replace(",\"sr\":[16000]", "", StringComparison.Ordinal));
        Seqstream.Outcome run = await Seqstream.RunAsync(input, "run", model);

        Assert.Equal(65, run.ExitCode);
        Assert.Contains("stdin:2: 'sr' is '8000', but it was bound to 16000 when the model was loaded", run.Errors, StringComparison.Ordinal);
        Assert.Equal([0, 1], run.Lines.Select(static line => KeyOf(Parse(line)).Step));
    }

    [Fact]
    public async Task Inspect_says_what_is_open_and_takes_it_as_options()
    {
        string model = SharedFolder.Require("models/silero-vad/silero_vad.onnx");
        Seqstream.Outcome open = await Seqstream.RunAsync("", "inspect", model);
        Seqstream.Outcome given = await Seqstream.RunAsync("", "inspect", model, "--dim", "input[1]=576", "--const", "sr=16000");
        Seqstream.Outcome unknown = await Seqstream.RunAsync("", "inspect", model, "--dim", "inptu[1]=576");

        Assert.Contains("--dim input[1]=SIZE --const sr=VALUE", open.Errors, StringComparison.Ordinal);
        Assert.Equal(0, given.ExitCode);
        Assert.Contains("input float32 [1, 576]", given.Output, StringComparison.Ordinal);
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("'inptu[1]' names no dimension", unknown.Errors, StringComparison.Ordinal);
    }

    private static string Unpack(string relative)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(SharedFolder.Require(relative)), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }
}
