using SeqStream.Contracts;
using SeqStream.Feeds.Writing;

namespace SeqStream.Feeds;

/// <summary>
/// Writes emissions as records to a stream of bytes. Whatever is waiting goes out in one write; nothing is held back when no further emission waits.
/// Allocates nothing per record. When whoever read the bytes has gone, as <c>head</c> does, the sink ends quietly. Use it for one route.
/// </summary>
public abstract class RecordSink : IEmissionSink
{
    private const int FlushBytes = 1 << 16;
    private readonly Stream _output;
    private readonly RecordBuffer _buffer = new();

    /// <summary>Creates a sink over a stream of bytes, which stays open.</summary>
    private protected RecordSink(Stream output) => _output = output;

    /// <inheritdoc/>
    public async Task WriteAsync(SinkContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        while (await context.Emissions.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            while (context.Emissions.TryRead(out Emission? emission))
            {
                if (emission.Kind == EmissionKind.Barrier)
                {
                    if (!await PassAsync(emission.Barrier!, cancellation).ConfigureAwait(false)) return;
                    context.Pool.Return(emission);
                    continue;
                }
                Append(emission, context.Streams.Utf8Name(emission.Stream), _buffer);
                context.Pool.Return(emission);
                if (_buffer.Length >= FlushBytes && !await TryFlushAsync(cancellation).ConfigureAwait(false)) return;
            }
            if (_buffer.Length > 0 && !await TryFlushAsync(cancellation).ConfigureAwait(false)) return;
        }
    }

    /// <summary>Appends the emission's record. The stream's name is empty if the source gave none.</summary>
    private protected abstract void Append(Emission emission, ReadOnlySpan<byte> stream, RecordBuffer buffer);

    /// <summary>Delivers what stands before a barrier, then tells it.</summary>
    private async ValueTask<bool> PassAsync(IDeliveryBarrier barrier, CancellationToken cancellation)
    {
        if (_buffer.Length > 0 && !await TryFlushAsync(cancellation).ConfigureAwait(false)) return false;
        barrier.Reached();
        return true;
    }

    private async ValueTask<bool> TryFlushAsync(CancellationToken cancellation)
    {
        try
        {
            await _output.WriteAsync(_buffer.Written, cancellation).ConfigureAwait(false);
            await _output.FlushAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException problem) when (BrokenPipe.Is(problem))
        {
            return false;
        }
        _buffer.Clear();
        return true;
    }
}
