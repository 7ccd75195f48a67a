using SeqStream.Contracts;
using SeqStream.Pipeline.Shards;

namespace SeqStream.Pipeline.Checkpoints;

/// <summary>Writes down what it delivers; outlives routes. It can break down after some deliveries.</summary>
internal sealed class CollectingSink : IEmissionSink
{
    public List<(string Stream, EmissionKind Kind, long Step, double[] Values)> Delivered { get; } = [];

    /// <summary>How long deliveries take.</summary>
    public TimeSpan Slowness { get; init; }

    /// <summary>True to hold a barrier until another one of its shard comes, and to reach the later one first.</summary>
    public bool Reverses { get; init; }

    /// <summary>Called after each delivery.</summary>
    public Action<int> OnDelivered { get; set; } = static _ => { };

    public async Task WriteAsync(SinkContext context, CancellationToken cancellation)
    {
        Dictionary<ShardKeeping, IDeliveryBarrier> held = [];
        await foreach (Emission emission in context.Emissions.ReadAllAsync(cancellation))
        {
            if (emission.Kind == EmissionKind.Barrier)
            {
                if (Slowness > TimeSpan.Zero) await Task.Delay(Slowness, cancellation);
                Reach(emission.Barrier!, held);
            }
            else
            {
                Delivered.Add((context.Streams.Name(emission.Stream), emission.Kind, emission.Step, emission.OutputCount == 0 ? [] : emission.Values(emission.Output(0)).ToArray()));
                OnDelivered(Delivered.Count);
            }
            context.Pool.Return(emission);
        }
        foreach (IDeliveryBarrier barrier in held.Values) barrier.Reached();
    }

    private void Reach(IDeliveryBarrier barrier, Dictionary<ShardKeeping, IDeliveryBarrier> held)
    {
        ShardKeeping shard = ((PendingCheckpoint)barrier).Shard;
        if (Reverses && held.TryAdd(shard, barrier)) return;
        barrier.Reached();
        if (held.Remove(shard, out IDeliveryBarrier? earlier)) earlier.Reached();
    }
}
