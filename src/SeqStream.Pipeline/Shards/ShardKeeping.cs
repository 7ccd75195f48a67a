using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Pipeline.Checkpoints;

namespace SeqStream.Pipeline.Shards;

/// <summary>What a shard needs to keep its streams beyond its own life: names, the store, and two checkpoints, one to fill while the other is stored.</summary>
internal sealed class ShardKeeping
{
    private const int Buffers = 2;
    private readonly Channel<PendingCheckpoint> _free = Channel.CreateBounded<PendingCheckpoint>(Buffers);
    private readonly CheckpointWriter _writer;
    private long _storedNumber;
    private long _number;

    public ShardKeeping(DurabilityOptions options, StreamDirectory names, CheckpointWriter writer, int shard, IReadOnlyList<StreamId> busy)
    {
        (Options, Names, _writer, Busy) = (options, names, writer, busy);
        for (int i = 0; i < Buffers; i++)
        {
            PendingCheckpoint checkpoint = new(writer) { Shard = this };
            (checkpoint.Content.Route, checkpoint.Content.Shard) = (options.Route, shard);
            _free.Writer.TryWrite(checkpoint);
        }
    }

    /// <summary>The store and when to use it.</summary>
    public DurabilityOptions Options { get; }

    /// <summary>The streams' names.</summary>
    public StreamDirectory Names { get; }

    /// <summary>The shard's stored streams that have work to go on with.</summary>
    public IReadOnlyList<StreamId> Busy { get; }

    /// <summary>Number of the newest checkpoint that is stored.</summary>
    public long StoredNumber => Interlocked.Read(ref _storedNumber);

    /// <summary>Number of the newest checkpoint whose turn to be stored has come. Checkpoint thread only.</summary>
    public long GatheredNumber { get; set; }

    /// <summary>Number of the checkpoint that is filled next.</summary>
    public long NextNumber => _number + 1;

    /// <summary>Takes an empty checkpoint. False while both are on their way. Shard thread only.</summary>
    public bool TryBegin(out PendingCheckpoint? checkpoint) => _free.Reader.TryRead(out checkpoint);

    /// <summary>Waits until <see cref="TryBegin"/> gives one.</summary>
    public void WaitForFree(CancellationToken cancellation) => _free.Reader.WaitToReadAsync(cancellation).AsTask().GetAwaiter().GetResult();

    /// <summary>Numbers a checkpoint that is complete. Shard thread only.</summary>
    public void Issue(PendingCheckpoint checkpoint)
    {
        checkpoint.Number = ++_number;
        _writer.Issue();
    }

    /// <summary>Takes a checkpoint back after it was stored.</summary>
    public void Stored(PendingCheckpoint checkpoint)
    {
        Interlocked.Exchange(ref _storedNumber, checkpoint.Number);
        _free.Writer.TryWrite(checkpoint);
    }
}
