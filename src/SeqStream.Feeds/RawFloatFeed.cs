using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Feeds.Reading;

namespace SeqStream.Feeds;

/// <summary>
/// Rows of raw little-endian float32 numbers without any framing: a row is a timestep of the one stream. With several inputs a row holds them one after the other.
/// Read it once. Allocates nothing per row.
/// </summary>
public sealed class RawFloatFeed : IFrameFeed
{
    private const int TargetBufferBytes = 1 << 16;
    private readonly Stream _input;
    private readonly int _rowNumbers;

    /// <summary>Creates the feed.</summary>
    /// <param name="source">The source as people name it.</param>
    /// <param name="input">The bytes; stays open.</param>
    /// <param name="rowNumbers">Numbers of one row, at least 1.</param>
    public RawFloatFeed(string source, Stream input, int rowNumbers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowNumbers, 1);
        Source = source;
        _input = input;
        _rowNumbers = rowNumbers;
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public async Task ReadAsync(FeedContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            await ReadAllAsync(context, cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // Nobody takes frames any more: the route is stopping, and reading is over.
        }
    }

    private async Task ReadAllAsync(FeedContext context, CancellationToken cancellation)
    {
        RecordFrames frames = new(context);
        StreamId stream = frames.Stream([]);
        int rowBytes = checked(_rowNumbers * sizeof(float));
        byte[] buffer = new byte[Math.Max(TargetBufferBytes / rowBytes, 1) * rowBytes];
        int filled = 0;
        for (int count; (count = await _input.ReadAsync(buffer.AsMemory(filled), cancellation).ConfigureAwait(false)) > 0;)
        {
            filled += count;
            int at = 0;
            for (; filled - at >= rowBytes; at += rowBytes)
            {
                frames.Position++;
                AddRow(buffer.AsSpan(at, rowBytes), stream, frames);
                await frames.SendAsync(cancellation).ConfigureAwait(false);
            }
            buffer.AsSpan(at, filled - at).CopyTo(buffer);
            filled -= at;
        }
        if (filled > 0) ReportRest(context, frames.Position + 1, buffer.AsSpan(0, filled), rowBytes);
        await frames.EndAllAsync(cancellation).ConfigureAwait(false);
    }

    [HotPath]
    private static void AddRow(ReadOnlySpan<byte> row, StreamId stream, RecordFrames frames)
    {
        ReadOnlySpan<float> numbers = MemoryMarshal.Cast<byte, float>(row);
        FramePayload payload = frames.Payload;
        for (int port = 0; port < frames.Signature.Inputs.Length; port++)
        {
            StepPort input = frames.Signature.Inputs[port];
            int count = port + 1 < frames.Signature.Inputs.Length ? Math.Min(input.ElementCount, numbers.Length) : numbers.Length;
            payload.BeginSegment(port, input.IsInteger());
            if (!input.IsInteger()) payload.Add(numbers[..count]);
            else foreach (float number in numbers[..count]) payload.Add((long)number);
            numbers = numbers[count..];
        }
        frames.AddPayload(stream);
    }

    private void ReportRest(FeedContext context, long position, ReadOnlySpan<byte> found, int rowBytes) => context.Faults.Report(new RecordFault(Source, position, string.Create(
        CultureInfo.InvariantCulture,
        $"the source ends after {found.Length} of the row's {rowBytes} bytes. Expected rows of {_rowNumbers} float32 numbers.")) { Record = RecordFault.Copy(found) });
}
