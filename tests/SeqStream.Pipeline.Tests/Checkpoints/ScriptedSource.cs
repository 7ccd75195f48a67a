using System.Collections.Concurrent;
using SeqStream.Contracts;
using SeqStream.Pipeline.Tests;

namespace SeqStream.Pipeline.Checkpoints;

/// <summary>
/// A source with a memory of its own, as a broker has: messages stay until they are acknowledged, and after a crash it sends again, in order, all that were not. Message k is one frame of one
/// stream whose numbers tell k. It outlives the feeds that read from it.
/// </summary>
internal sealed class ScriptedSource(int streams, int messages, int seed)
{
    private readonly HashSet<long> _acknowledged = [];
    private readonly Lock _gate = new();

    /// <summary>[message] its stream.</summary>
    public int[] Streams { get; } = [.. new Random(seed).GetItems([.. Enumerable.Range(0, streams)], messages)];

    public int Count => messages;

    /// <summary>The numbers of one to three steps.</summary>
    public static float[] Values(long message) => [.. Enumerable.Range(0, TestStages.Width * (1 + (int)(message % 3))).Select(i => (float)((message % 17) - (i * 2)))];

    public bool IsAcknowledged(long message)
    {
        lock (_gate) return _acknowledged.Contains(message);
    }

    /// <summary>Reads it once, from the oldest message that is not acknowledged on.</summary>
    /// <param name="window">Messages that may be out.</param>
    /// <param name="isPrompt">False to lose acknowledgements of the last moments, as a broken connection does.</param>
    /// <param name="isSplit">True to give each step of a message as a frame of its own.</param>
    public Feed Open(int window, bool isPrompt, bool isSplit = false) => new(this, window, isPrompt, isSplit);

    internal sealed class Feed(ScriptedSource source, int window, bool isPrompt, bool isSplit) : IReceiptFeed, IDisposable
    {
        private readonly SemaphoreSlim _room = new(window);
        private readonly ConcurrentDictionary<long, bool> _stored = [];
        private readonly ConcurrentQueue<long> _forget = [];

        public string Source => "script";

        public void Restore(IEnumerable<KeyValuePair<string, byte[]>> items)
        {
            foreach ((string key, _) in items) _stored[long.Parse(key)] = true;
        }

        public void Describe(ReadOnlySpan<long> receipts, ICollection<KeyValuePair<string, byte[]?>> items)
        {
            while (_forget.TryDequeue(out long receipt)) items.Add(new(Key(receipt - 1), null));
            foreach (long receipt in receipts) items.Add(new(Key(receipt - 1), [1]));
        }

        public void Acknowledge(ReadOnlySpan<long> receipts)
        {
            foreach (long receipt in receipts)
            {
                if (!isPrompt) continue;
                lock (source._gate) source._acknowledged.Add(receipt - 1);
                _forget.Enqueue(receipt);
            }
            _room.Release(receipts.Length);
        }

        public async Task ReadAsync(FeedContext context, CancellationToken cancellation)
        {
            for (int message = 0; message < source.Count; message++)
            {
                if (source.IsAcknowledged(message)) continue;
                if (_stored.ContainsKey(message))
                {
                    // A repetition of what the checkpoint contains: acknowledged, not fed.
                    lock (source._gate) source._acknowledged.Add(message);
                    continue;
                }
                await _room.WaitAsync(cancellation);
                float[][] frames = isSplit ? [.. Values(message).Chunk(TestStages.Width)] : [Values(message)];
                for (int at = 0; at < frames.Length; at++)
                {
                    FramePayload payload = context.Payloads.Rent();
                    payload.BeginSegment(0, isInteger: false);
                    payload.Add(frames[at]);
                    long receipt = at + 1 < frames.Length ? Frame.Unfinished : message + 1;
                    await context.Frames.WriteAsync(new Frame { Stream = context.Streams.Intern($"s{source.Streams[message]}"), Time = double.NaN, Position = message + 1, Receipt = receipt, Payload = payload }, cancellation);
                }
            }
        }

        public void Dispose() => _room.Dispose();

        private static string Key(long message) => message.ToString("D9");
    }
}
