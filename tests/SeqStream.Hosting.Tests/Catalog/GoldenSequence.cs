using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Catalog;

/// <summary>
/// A line of a model's <c>golden.jsonl</c>: what goes in as <c>text</c>, <c>tokens</c>, <c>rows</c> (a frame each) or <c>samples</c> (of 16 bits), and by port the <c>inputs</c> and <c>outputs</c> of every step
/// as the training code computed them.
/// </summary>
internal sealed class GoldenSequence
{
    private readonly JsonElement _line;

    private GoldenSequence(JsonElement line) => _line = line;

    /// <summary>The lines of a bundled model that are of this form.</summary>
    public static IEnumerable<GoldenSequence> Of(string model)
    {
        foreach (string line in File.ReadLines(Path.Combine(SharedFolder.Repository, "models", model, "golden.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.TryGetProperty("outputs", out _)) yield return new GoldenSequence(document.RootElement.Clone());
        }
    }

    /// <summary>The values of a port by step, or null if the line does not tell them.</summary>
    public double[][]? Steps(string section, string port)
        => _line.TryGetProperty(section, out JsonElement ports) && ports.TryGetProperty(port, out JsonElement steps)
            ? [.. steps.EnumerateArray().Select(static step => step.ValueKind == JsonValueKind.Array ? step.EnumerateArray().Select(static value => value.GetDouble()).ToArray() : [step.GetDouble()])]
            : null;

    /// <summary>The frames that go in.</summary>
    public ImmutableArray<FramePayload> Frames()
    {
        if (_line.TryGetProperty("text", out JsonElement text)) return [Text(text.GetString()!, FrameContent.Text)];
        if (_line.TryGetProperty("tokens", out JsonElement tokens)) return [Text(string.Join(' ', tokens.EnumerateArray().Select(static token => token.GetString())), FrameContent.Tokens)];
        if (_line.TryGetProperty("samples", out JsonElement samples)) return [.. samples.EnumerateArray().Select(static sample => sample.GetSingle() / 32768).Chunk(157).Select(static piece => Values(piece))];
        return [.. _line.GetProperty("rows").EnumerateArray().Select(static row => Values([.. row.EnumerateArray().Select(static value => value.ValueKind == JsonValueKind.Null ? float.NaN : value.GetSingle())]))];
    }

    private static FramePayload Text(string text, FrameContent content)
    {
        FramePayload payload = new() { Content = content };
        payload.AddText(Encoding.UTF8.GetBytes(text));
        return payload;
    }

    private static FramePayload Values(float[] values)
    {
        FramePayload payload = new();
        payload.BeginSegment(0, isInteger: false);
        payload.Add(values);
        return payload;
    }
}
