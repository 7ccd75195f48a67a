using System.Runtime.InteropServices;
using System.Threading.Channels;
using SeqStream.Contracts;

namespace SeqStream.Pipeline.Checkpoints;

/// <summary>
/// Stores checkpoints on a thread of its own: all that wait go into one transaction, with what the feed must know after a restart; then the feed gets its receipts back.
/// Those of a shard are stored in the order in which it made them, whatever the order in which the sink reaches their barriers. After a failure nothing more is stored or acknowledged.
/// </summary>
internal sealed class CheckpointWriter
{
    private readonly Channel<PendingCheckpoint> _reached = Channel.CreateUnbounded<PendingCheckpoint>(new UnboundedChannelOptions { SingleReader = true });
    private readonly DurabilityOptions _options;
    private readonly IReceiptTaker? _receipts;
    private readonly Action<Exception> _failed;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PendingCheckpoint> _early = [];   // their shards made others before them, whose answers are still on their way
    private readonly List<PendingCheckpoint> _batch = [];
    private readonly List<Checkpoint> _contents = [];
    private readonly List<long> _taken = [];
    private readonly List<KeyValuePair<string, byte[]?>> _described = [];
    private readonly List<SourceItem> _items = [];
    private long _issued;
    private long _stored;
    private long _storedAt;
    private readonly TimeProvider _time;
    private volatile bool _isClosed;

    /// <summary>Starts the thread.</summary>
    /// <param name="options">The store and the route's name in it.</param>
    /// <param name="receipts">The feed; null if it wants no receipts.</param>
    /// <param name="failed">Told of the failure that ended the thread.</param>
    /// <param name="time">The clock.</param>
    public CheckpointWriter(DurabilityOptions options, IReceiptTaker? receipts, Action<Exception> failed, TimeProvider time)
    {
        (_options, _receipts, _failed, _time) = (options, receipts, failed, time);
        new Thread(Run) { Name = "seqstream checkpoints", IsBackground = true }.Start();
    }

    /// <summary>Completes when the thread has ended; faulted with what kept it from storing.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Checkpoints stored so far.</summary>
    public long Stored => Interlocked.Read(ref _stored);

    /// <summary>Timestamp of the clock when checkpoints were stored last; 0 before that.</summary>
    public long StoredAt => Interlocked.Read(ref _storedAt);

    /// <summary>Counts a checkpoint that was handed out: it comes back by <see cref="Post"/>.</summary>
    public void Issue() => Interlocked.Increment(ref _issued);

    /// <summary>Takes a checkpoint whose emissions are delivered.</summary>
    public void Post(PendingCheckpoint checkpoint) => _reached.Writer.TryWrite(checkpoint);

    /// <summary>No more checkpoints will be issued: completes when all are stored.</summary>
    public Task SettleAsync()
    {
        _isClosed = true;
        TrySettle();
        return _settled.Task;
    }

    /// <summary>Ends the thread after those that were posted.</summary>
    public void Complete()
    {
        _reached.Writer.TryComplete();
        _settled.TrySetResult();
    }

    private void Run()
    {
        try
        {
            while (_reached.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (_reached.Reader.TryRead(out PendingCheckpoint? checkpoint)) Gather(checkpoint);
                if (_batch.Count > 0) Store();
            }
            _completion.SetResult();
        }
        catch (Exception fault)
        {
            _failed(fault);   // before anybody who waits for the end may dispose of the engine
            _completion.SetException(fault);
            _settled.TrySetResult();
        }
    }

    /// <summary>Adds a checkpoint to the batch when its turn has come, and those that waited for it.</summary>
    private void Gather(PendingCheckpoint checkpoint)
    {
        _early.Add(checkpoint);
        while (_early.Find(static waiting => waiting.Number == waiting.Shard.GatheredNumber + 1) is { } next)
        {
            _early.Remove(next);
            _batch.Add(next);
            next.Shard.GatheredNumber = next.Number;
        }
    }

    private void Store()
    {
        foreach (PendingCheckpoint checkpoint in _batch)
        {
            _contents.Add(checkpoint.Content);
            _taken.AddRange(checkpoint.Content.Receipts);
        }
        Span<long> receipts = CollectionsMarshal.AsSpan(_taken);
        if (_receipts is IReceiptFeed feed) feed.Describe(receipts, _described);
        foreach ((string key, byte[]? value) in _described) _items.Add(new SourceItem(_options.Route, key, value));
        _options.Store.Commit(_contents, _items);
        if (receipts.Length > 0) _receipts?.Acknowledge(receipts);
        foreach (PendingCheckpoint checkpoint in _batch)
        {
            checkpoint.Content.Clear();
            checkpoint.Shard.Stored(checkpoint);
        }
        Interlocked.Exchange(ref _storedAt, _time.GetTimestamp());
        Interlocked.Add(ref _stored, _batch.Count);
        _batch.Clear();
        _contents.Clear();
        _taken.Clear();
        _described.Clear();
        _items.Clear();
        TrySettle();
    }

    private void TrySettle()
    {
        if (_isClosed && Stored == Interlocked.Read(ref _issued)) _settled.TrySetResult();
    }
}
