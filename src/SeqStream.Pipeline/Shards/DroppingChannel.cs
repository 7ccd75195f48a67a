using System.Threading.Channels;
using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>
/// Frames in front of a shard that is not waited for: where the channel is full, a data frame is dropped, its payload goes back to the pool and its receipt to the feed. What is left
/// keeps its order; control items are never dropped. Any thread writes; the shard reads.
/// </summary>
internal sealed class DroppingChannel : Channel<Frame>
{
    private readonly Channel<Frame> _frames;
    private readonly int _capacity;
    private readonly PayloadPool _payloads;
    private readonly IReceiptTaker? _receipts;
    private readonly Lock _gate = new();               // taking the oldest frame out, on either side; only where the oldest is dropped
    private readonly Queue<Frame> _rescued = [];       // control items that were in the way, older than all frames of the channel
    private long _dropped;
    private volatile bool _isComplete;

    public DroppingChannel(OverflowPolicy policy, int capacity, PayloadPool payloads, IReceiptTaker? receipts)
    {
        _frames = CreateChannel(capacity);
        (_capacity, _payloads, _receipts) = (capacity, payloads, receipts);
        bool dropsOldest = policy == OverflowPolicy.DropOldest;
        Writer = new DroppingWriter(this, dropsOldest);
        Reader = dropsOldest ? new RescuingReader(this) : _frames.Reader;
    }

    /// <summary>Frames dropped so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    private static Channel<Frame> CreateChannel(int capacity) => Channel.CreateBounded<Frame>(capacity);

    private void Drop(in Frame frame)
    {
        if (frame.Payload is not null) _payloads.Return(frame.Payload);
        if (frame.Receipt > 0) _receipts?.Acknowledge([frame.Receipt]);
        Interlocked.Increment(ref _dropped);
    }

    /// <summary>Drops the oldest data frame, or puts a control item aside that is older. False if no more can be put aside.</summary>
    private bool TryMakeRoom()
    {
        lock (_gate)
        {
            if (_rescued.Count >= _capacity) return false;
            if (!_frames.Reader.TryRead(out Frame oldest)) return true;
            if (oldest.Kind == FrameKind.Data) Drop(in oldest);
            else _rescued.Enqueue(oldest);
            return true;
        }
    }

    private sealed class DroppingWriter(DroppingChannel channel, bool dropsOldest) : ChannelWriter<Frame>
    {
        [HotPath]
        public override bool TryWrite(Frame item)
        {
            while (!channel._frames.Writer.TryWrite(item))
            {
                if (channel._isComplete) return false;
                if (dropsOldest)
                {
                    if (!channel.TryMakeRoom()) return false;
                    continue;
                }
                if (item.Kind != FrameKind.Data) return false;
                channel.Drop(in item);
                return true;
            }
            return true;
        }

        public override ValueTask WriteAsync(Frame item, CancellationToken cancellationToken = default)
            => !cancellationToken.IsCancellationRequested && TryWrite(item) ? ValueTask.CompletedTask : channel._frames.Writer.WriteAsync(item, cancellationToken);

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) => new(!channel._isComplete);

        public override bool TryComplete(Exception? error = null)
        {
            channel._isComplete = true;
            return channel._frames.Writer.TryComplete(error);
        }
    }

    private sealed class RescuingReader(DroppingChannel channel) : ChannelReader<Frame>
    {
        public override Task Completion => channel._frames.Reader.Completion;

        public override bool CanCount => true;

        public override int Count => channel._frames.Reader.Count;

        [HotPath]
        public override bool TryRead(out Frame item)
        {
            lock (channel._gate) return channel._rescued.TryDequeue(out item) || channel._frames.Reader.TryRead(out item);
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
        {
            lock (channel._gate)
            {
                if (channel._rescued.Count > 0) return new ValueTask<bool>(true);
            }
            return channel._frames.Reader.WaitToReadAsync(cancellationToken);
        }
    }
}
