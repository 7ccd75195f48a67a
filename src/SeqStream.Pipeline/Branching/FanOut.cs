using System.Runtime.InteropServices;
using System.Threading.Channels;
using SeqStream.Contracts;

namespace SeqStream.Pipeline.Branching;

/// <summary>
/// One feed for several routes: each of <see cref="Branches"/> is the feed of one <see cref="Route"/> and gives it every frame. The slowest route decides the pace. A receipt goes back to the
/// feed when all routes gave it back. The first route reads for all: its faults are told of refused records, and only its streams may be kept.
/// </summary>
public sealed class FanOut : IDisposable
{
    private readonly IFrameFeed _feed;
    private readonly FeedContext?[] _contexts;                  // [branch]
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<long, int> _receipts = [];      // routes that gave a receipt back, for those that not all gave
    private readonly List<long> _complete = [];
    private readonly Lock _gate = new();
    private int _arrived;

    /// <summary>Creates the branches of a feed.</summary>
    /// <param name="feed">The feed; only the branches read it.</param>
    /// <param name="branches">How many routes there are; all of them must run.</param>
    public FanOut(IFrameFeed feed, int branches)
    {
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentOutOfRangeException.ThrowIfLessThan(branches, 1);
        _feed = feed;
        _contexts = new FeedContext?[branches];
        Branches = [.. Enumerable.Range(0, branches).Select(branch => feed is IReceiptFeed receipts ? new ReceiptBranch(this, branch, receipts) : new Branch(this, branch))];
    }

    /// <summary>[branch] the feed of a route.</summary>
    public IReadOnlyList<IFrameFeed> Branches { get; }

    /// <summary>Frees what the branches waited with. After the routes.</summary>
    public void Dispose() => _stop.Dispose();

    private async Task ReadAsync(int branch, FeedContext context, CancellationToken cancellation)
    {
        using CancellationTokenRegistration stop = cancellation.UnsafeRegister(static fan => ((FanOut)fan!)._stop.Cancel(), this);
        _contexts[branch] = context;
        if (Interlocked.Increment(ref _arrived) == _contexts.Length) await ReadForAllAsync().ConfigureAwait(false);
        try
        {
            await _done.Task.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private async Task ReadForAllAsync()
    {
        try
        {
            FeedContext[] contexts = [.. _contexts!];
            Check(contexts);
            await _feed.ReadAsync(contexts[0] with { Frames = new BranchWriter(contexts) }, _stop.Token).ConfigureAwait(false);
            _done.TrySetResult();
        }
        catch (OperationCanceledException)
        {
            _done.TrySetResult();
        }
        catch (Exception fault)
        {
            _done.TrySetException(fault);
        }
    }

    private static void Check(FeedContext[] contexts)
    {
        string takes = string.Join(", ", contexts[0].Signature.Inputs);
        foreach (FeedContext context in contexts.AsSpan(1))
        {
            string needs = string.Join(", ", context.Signature.Inputs);
            if (needs != takes) throw new ArgumentException($"Model '{context.Signature.ModelName}' takes {needs}; the feed gives what '{contexts[0].Signature.ModelName}' takes: {takes}. Models on one feed must have the same inputs.");
            if (!context.EndsStreams) throw new ArgumentException($"The streams of model '{context.Signature.ModelName}' are to be kept, but only those of the first model on a feed can be. Leave Durability out for the others.");
        }
    }

    /// <summary>Counts receipts; those that all routes gave back go to the feed.</summary>
    private void Acknowledge(IReceiptFeed feed, ReadOnlySpan<long> receipts)
    {
        lock (_gate)
        {
            foreach (long receipt in receipts)
            {
                ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_receipts, receipt, out _);
                if (++count < _contexts.Length) continue;
                _receipts.Remove(receipt);
                _complete.Add(receipt);
            }
            if (_complete.Count > 0) feed.Acknowledge(CollectionsMarshal.AsSpan(_complete));
            _complete.Clear();
        }
    }

    private class Branch(FanOut fan, int branch) : IFrameFeed
    {
        public string Source => fan._feed.Source;

        public Task ReadAsync(FeedContext context, CancellationToken cancellation) => fan.ReadAsync(branch, context, cancellation);
    }

    private sealed class ReceiptBranch(FanOut fan, int branch, IReceiptFeed feed) : Branch(fan, branch), IReceiptFeed
    {
        private readonly FanOut _fan = fan;
        private readonly bool _isFirst = branch == 0;

        public void Acknowledge(ReadOnlySpan<long> receipts) => _fan.Acknowledge(feed, receipts);

        public void Restore(IEnumerable<KeyValuePair<string, byte[]>> items) => feed.Restore(items);

        public void Describe(ReadOnlySpan<long> receipts, ICollection<KeyValuePair<string, byte[]?>> items)
        {
            if (_isFirst) feed.Describe(receipts, items);
        }
    }
}
