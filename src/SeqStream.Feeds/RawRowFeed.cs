using System.Globalization;
using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Feeds.Reading;

namespace SeqStream.Feeds;

/// <summary>
/// Rows of raw numbers without any framing: a row is a timestep of the one stream. With several inputs a row holds them one after the other.
/// Each row goes on as soon as its last byte has come; a last row that is cut short is told. Read it once. Allocates nothing per row.
/// </summary>
public abstract class RawRowFeed : IFrameFeed
{
    private const int TargetBufferBytes = 1 << 16;
    private readonly Stream _input;
    private readonly int _rowNumbers;
    private readonly int _numberBytes;
    private readonly string _numberName;

    private protected RawRowFeed(string source, Stream input, int rowNumbers, int numberBytes, string numberName)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowNumbers, 1);
        Source = source;
        _input = input;
        _rowNumbers = rowNumbers;
        _numberBytes = numberBytes;
        _numberName = numberName;
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

    /// <summary>Adds the numbers to the segment begun last, which takes integers or floats.</summary>
    private protected abstract void Add(ReadOnlySpan<byte> numbers, bool isInteger, FramePayload payload);

    private async Task ReadAllAsync(FeedContext context, CancellationToken cancellation)
    {
        RecordFrames frames = new(context);
        StreamId stream = frames.Stream([]);
        int rowBytes = checked(_rowNumbers * _numberBytes);
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
    private void AddRow(ReadOnlySpan<byte> row, StreamId stream, RecordFrames frames)
    {
        for (int port = 0; port < frames.Signature.Inputs.Length; port++)
        {
            StepPort input = frames.Signature.Inputs[port];
            int bytes = port + 1 < frames.Signature.Inputs.Length ? Math.Min(input.ElementCount * _numberBytes, row.Length) : row.Length;
            frames.Payload.BeginSegment(port, input.IsInteger());
            Add(row[..bytes], input.IsInteger(), frames.Payload);
            row = row[bytes..];
        }
        frames.AddPayload(stream);
    }

    private void ReportRest(FeedContext context, long position, ReadOnlySpan<byte> found, int rowBytes) => context.Faults.Report(new RecordFault(Source, position, string.Create(
        CultureInfo.InvariantCulture,
        $"the source ends after {found.Length} of the row's {rowBytes} bytes. Expected rows of {_rowNumbers} {_numberName}.")) { Record = RecordFault.Copy(found) });
}
