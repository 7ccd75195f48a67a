using System.Collections.Immutable;
using System.Text.Json;
using SeqStream.Onnx.Lowering;

namespace SeqStream.Hosting.Routing;

/// <summary>Looks at the first data record of a JSON Lines source before a feed reads it, for models whose sizes only a record shows.</summary>
public static class FirstRecord
{
    private const int MostBytes = 8 << 20;
    private const int FirstBytes = 1 << 16;
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 32 };

    /// <summary>Reads up to the first line that has inputs, waiting for it if need be.</summary>
    /// <param name="input">The source.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>What the record shows, or null if the source ends or 8 MiB pass before one; and the source with all that was read put back, which disposes <paramref name="input"/>.</returns>
    public static async Task<(RecordShape? Shape, Stream Input)> PeekAsync(Stream input, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(input);
        byte[] bytes = new byte[FirstBytes];
        int end = 0, line = 0;
        RecordShape? shape = null;
        while (shape is null)
        {
            int feed = bytes.AsSpan(line, end - line).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                shape = ShapeOf(bytes.AsMemory(line, feed));
                line += feed + 1;
                continue;
            }
            if (end == MostBytes) break;
            if (end == bytes.Length) Array.Resize(ref bytes, Math.Min(bytes.Length * 2, MostBytes));
            int count = await input.ReadAsync(bytes.AsMemory(end), cancellation).ConfigureAwait(false);
            if (count == 0)
            {
                shape = ShapeOf(bytes.AsMemory(line, end - line));
                break;
            }
            end += count;
        }
        return (shape, new ReplayedStream(bytes.AsMemory(0, end), input));
    }

    /// <summary>What a line shows; null if it is no record with inputs. What is wrong with it is for the feed to say.</summary>
    private static RecordShape? ShapeOf(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument record = JsonDocument.Parse(line, s_options);
            if (record.RootElement.ValueKind != JsonValueKind.Object) return null;
            if (record.RootElement.TryGetProperty("x", out JsonElement plain)) return new RecordShape { Counts = ImmutableDictionary<string, int>.Empty.Add("", CountOf(plain)) };
            return record.RootElement.TryGetProperty("inputs", out JsonElement inputs) && inputs.ValueKind == JsonValueKind.Object ? ShapeOf(inputs) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static RecordShape ShapeOf(JsonElement inputs)
    {
        ImmutableDictionary<string, int>.Builder counts = ImmutableDictionary.CreateBuilder<string, int>();
        ImmutableDictionary<string, long>.Builder integers = ImmutableDictionary.CreateBuilder<string, long>();
        foreach (JsonProperty input in inputs.EnumerateObject())
        {
            counts[input.Name] = CountOf(input.Value);
            JsonElement only = input.Value;
            while (only.ValueKind == JsonValueKind.Array && only.GetArrayLength() == 1) only = only[0];
            if (only.ValueKind == JsonValueKind.Number && only.TryGetInt64(out long value)) integers[input.Name] = value;
        }
        return new RecordShape { Counts = counts.ToImmutable(), Integers = integers.ToImmutable() };
    }

    private static int CountOf(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Sum(CountOf) : 1;
}
