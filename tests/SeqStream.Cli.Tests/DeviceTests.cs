using System.Text.Json;

namespace SeqStream.Cli.Tests;

/// <summary>Where ONNX Runtime executes. The processor named as a provider takes the way of every other device: a decomposed step whose states stay there.</summary>
public sealed class DeviceTests
{
    private const string Absent = "--executor onnxruntime needs the library";

    [Theory]
    [InlineData("cpu", "many streams in one run")]
    [InlineData("CPUExecutionProvider", "states stay there")]
    public async Task Compiled_model_answers_alike_on_every_device(string device, string description)
    {
        string input = string.Join('\n', Enumerable.Range(0, 24).Select(static step => $"{{\"stream\":\"{"abc"[step % 3]}\",\"x\":[{string.Join(',', Enumerable.Range(0, 24).Select(channel => (step * channel) % 7))}]}}"));
        Seqstream.Outcome native = await Seqstream.RunAsync(input, "run", "models/activity/model.onnx"), other = await Seqstream.RunAsync(input, "run", "models/activity/model.onnx", "--device", device, "--executor", "onnxruntime");
        Assert.SkipWhen(other.ExitCode == 69, $"{Absent}: {other.Errors}");
        Seqstream.Outcome inspect = await Seqstream.RunAsync("", "inspect", "models/activity/model.onnx", "--device", device, "--executor", "onnxruntime");

        Assert.Equal((0, ""), (other.ExitCode, other.Errors));
        Assert.Contains(description, inspect.Output, StringComparison.Ordinal);
        Assert.Equal(24, other.Lines.Length);
        foreach ((string wanted, string found) in ByStream(native).Zip(ByStream(other)))
        {
            (string stream, float[] values) = Answer(wanted);
            Assert.Equal(stream, Answer(found).Stream);
            Assert.All(values.Zip(Answer(found).Values), static pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        }
    }

    [Fact]
    public async Task Device_that_the_library_lacks_is_refused_with_those_that_it_has()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "run", "models/activity/model.onnx", "--device", "abacus");

        Assert.Equal(69, run.ExitCode);
        Assert.SkipWhen(!run.Errors.Contains("abacus", StringComparison.Ordinal), $"{Absent}: {run.Errors}");
        Assert.Contains("Device 'abacus' is not built into ONNX Runtime", run.Errors, StringComparison.Ordinal);
        Assert.Contains("The library knows: cpu", run.Errors, StringComparison.Ordinal);
    }

    /// <summary>Each stream's answers in their order; between streams there is none.</summary>
    private static IEnumerable<string> ByStream(Seqstream.Outcome outcome) => outcome.Lines.OrderBy(static line => Answer(line).Stream, StringComparer.Ordinal);

    private static (string Stream, float[] Values) Answer(string line)
    {
        using JsonDocument record = JsonDocument.Parse(line);
        return (record.RootElement.GetProperty("stream").GetString()!, [.. record.RootElement.GetProperty("y").EnumerateArray().Select(static value => value.GetSingle())]);
    }
}
