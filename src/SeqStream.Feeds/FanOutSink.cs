using System.Threading.Channels;
using SeqStream.Contracts;

namespace SeqStream.Feeds;

/// <summary>
/// Delivers every emission to several sinks, in the same order to each. The slowest one sets the pace. A barrier is reached when all have reached it. When one sink ends
/// early or fails, all of them end, so that none goes on without the others. Use it for one route.
/// </summary>
/// <param name="sinks">Two or more sinks.</param>
public sealed class FanOutSink(IReadOnlyList<IEmissionSink> sinks) : IEmissionSink
{
    private const int Capacity = 256;

    /// <inheritdoc/>
    public async Task WriteAsync(SinkContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Channel<Emission>[] channels = [.. sinks.Select(static _ => Channel.CreateBounded<Emission>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true }))];
        List<Task> delivering = [.. sinks.Select((sink, at) => DeliverAsync(sink, context with { Emissions = channels[at].Reader }, stop))];
        try
        {
            await DistributeAsync(context, channels, stop.Token).ConfigureAwait(false);
            foreach (Channel<Emission> channel in channels) channel.Writer.TryComplete();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A sink ended early; what it says is told below.
        }
        catch (Exception failure)
        {
            foreach (Channel<Emission> channel in channels) channel.Writer.TryComplete(failure);
            await Task.WhenAll(delivering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        await EndAsync(delivering).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Throws what one of the sinks failed of, rather than that another one was cancelled because of it.</summary>
    private static async Task EndAsync(List<Task> delivering)
    {
        await Task.WhenAll(delivering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task? failed = delivering.Find(static task => task.IsFaulted);
        if (failed is not null) await failed.ConfigureAwait(false);
    }

    private static async Task DeliverAsync(IEmissionSink sink, SinkContext context, CancellationTokenSource stop)
    {
        try
        {
            await sink.WriteAsync(context, stop.Token).ConfigureAwait(false);
            if (!context.Emissions.Completion.IsCompleted) await stop.CancelAsync().ConfigureAwait(false);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task DistributeAsync(SinkContext context, Channel<Emission>[] channels, CancellationToken cancellation)
    {
        while (await context.Emissions.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            while (context.Emissions.TryRead(out Emission? emission))
            {
                SharedBarrier? barrier = emission.Kind == EmissionKind.Barrier ? new SharedBarrier(emission.Barrier!, channels.Length) : null;
                for (int i = 1; i < channels.Length; i++)
                {
                    Emission copy = context.Pool.Rent();
                    emission.CopyTo(copy);
                    copy.Barrier = barrier;
                    await channels[i].Writer.WriteAsync(copy, cancellation).ConfigureAwait(false);
                }
                emission.Barrier = barrier;
                await channels[0].Writer.WriteAsync(emission, cancellation).ConfigureAwait(false);
            }
        }
    }

    private sealed class SharedBarrier(IDeliveryBarrier barrier, int sinks) : IDeliveryBarrier
    {
        private int _missing = sinks;

        public void Reached()
        {
            if (Interlocked.Decrement(ref _missing) == 0) barrier.Reached();
        }
    }
}
