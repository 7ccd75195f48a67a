using System.IO.Compression;
using System.Text.Json;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

public sealed class ConvertVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-convert-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData()]
    [InlineData("--decompose")]
    [InlineData("--batch", "dynamic")]
    public async Task Converted_model_gives_the_same_answers(params string[] options)
    {
        string model = Path.Combine(_folder, "written.onnx");
        const string input = """
            {"x":[1,2]}
            {"x":[3,4]}
            {"x":[0.5,-4]}
            """;
        Seqstream.Outcome convert = await Seqstream.RunAsync("", ["convert", TestModels.Null, model, .. options]);
        Seqstream.Outcome before = await Seqstream.RunAsync(input, "run", TestModels.Null), after = await Seqstream.RunAsync(input, "run", model);

        Assert.Equal((0, ""), (convert.ExitCode, convert.Errors));
        Assert.Contains("state       s0 -> s1 float32 [1, 2]", convert.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (after.ExitCode, after.Errors));
        Assert.Equal(before.Output, after.Output);
        Assert.Equal([model], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Converted_bundled_model_runs_on_both_executors()
    {
        string model = Path.Combine(_folder, "written.onnx");
        await Seqstream.RunAsync("", "convert", "activity", model, "--quiet");
        string input = string.Join('\n', Enumerable.Range(0, 20).Select(static step => $"{{\"x\":[{string.Join(',', Enumerable.Range(0, 24).Select(channel => (step * channel) % 7))}]}}"));
        Seqstream.Outcome native = await Seqstream.RunAsync(input, "run", model), runtime = await Seqstream.RunAsync(input, "run", model, "--executor", "onnxruntime");

        Assert.Equal(20, native.Lines.Length);
        Assert.SkipWhen(runtime.ExitCode == 69, runtime.Errors);
        float[][] expected = [.. native.Lines.Select(Numbers)], found = [.. runtime.Lines.Select(Numbers)];
        Assert.Equal(expected.Length, found.Length);
        foreach ((float[] one, float[] other) in expected.Zip(found)) Assert.All(one.Zip(other), static pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public async Task Converted_published_model_reproduces_the_reference_and_keeps_its_constant()
    {
        string model = Path.Combine(_folder, "written.onnx");
        Seqstream.Outcome convert = await Seqstream.RunAsync("", "convert", SharedFolder.Require("models/silero-vad/silero_vad.onnx"), model, "--dim", "input[1]=576", "--const", "sr=16000", "--json");
        Seqstream.Outcome run = await Seqstream.RunAsync(Unpack("models/silero-vad/reference/silero_vad.in.jsonl.gz"), "run", model);
        string[] expected = Unpack("models/silero-vad/reference/silero_vad.out.jsonl.gz").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        using JsonDocument report = JsonDocument.Parse(convert.Output);
        Assert.Equal(0, convert.ExitCode);
        Assert.True(report.RootElement.GetProperty("nodes").GetInt32() > 10);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(expected.Length, run.Lines.Length);
        foreach ((string wanted, string found) in expected.Zip(run.Lines)) Assert.All(Numbers(wanted).Zip(Numbers(found)), static pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public async Task Open_model_is_refused_with_what_is_missing()
    {
        Seqstream.Outcome convert = await Seqstream.RunAsync("", "convert", SharedFolder.Require("models/silero-vad/silero_vad.onnx"), Path.Combine(_folder, "written.onnx"));

        Assert.Equal(65, convert.ExitCode);
        Assert.Contains("--dim input[1]=SIZE --const sr=VALUE", convert.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("--batch is 'many'", "out.onnx", "--batch", "many")]
    [InlineData("--batch is '0'", "out.onnx", "--batch", "0")]
    [InlineData("There is no folder", "nowhere/out.onnx")]
    public async Task Wrong_use_is_said(string message, string file, params string[] options)
    {
        Seqstream.Outcome convert = await Seqstream.RunAsync("", ["convert", TestModels.Null, Path.Combine(_folder, file), .. options]);

        Assert.Equal(2, convert.ExitCode);
        Assert.Contains(message, convert.Errors, StringComparison.Ordinal);
    }

    private static float[] Numbers(string line)
    {
        using JsonDocument record = JsonDocument.Parse(line);
        JsonElement values = record.RootElement.TryGetProperty("y", out JsonElement only) ? only : record.RootElement.GetProperty("outputs").EnumerateObject().Single().Value;
        return [.. values.EnumerateArray().Select(static value => value.GetSingle())];
    }

    private static string Unpack(string relative)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(SharedFolder.Require(relative)), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }
}
