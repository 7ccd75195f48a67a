using System.Threading.Channels;

namespace SeqStream.Contracts;

/// <summary>Payloads waiting for reuse. Any thread may rent and return. What exceeds the capacity is left to the garbage collector.</summary>
public sealed class PayloadPool
{
    private readonly Channel<FramePayload> _free;

    /// <summary>Creates an empty pool that keeps at most <paramref name="capacity"/> payloads.</summary>
    public PayloadPool(int capacity = 1024) => _free = Channel.CreateBounded<FramePayload>(capacity);

    /// <summary>An empty payload.</summary>
    public FramePayload Rent() => _free.Reader.TryRead(out FramePayload? payload) ? payload : new FramePayload();

    /// <summary>Takes a payload back; the caller must not touch it any more.</summary>
    public void Return(FramePayload payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        payload.Clear();
        _free.Writer.TryWrite(payload);
    }
}
