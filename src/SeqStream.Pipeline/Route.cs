using System.Runtime.ExceptionServices;
using SeqStream.Contracts;

namespace SeqStream.Pipeline;

/// <summary>
/// A feed yields frames; a front end turns frames into features; the shard that owns the stream puts features into a batch; the executor advances
/// every lane of the batch one step and updates its state; a decoder turns outputs into emissions; a sink delivers them.
/// </summary>
/// <remarks>
/// <code>
/// feed --frames--> [ shard: front end, batch, step, decoder ] --emissions--> sink
/// </code>
/// Both channels are bounded: a slow sink makes the shards wait, slow shards make the feed wait. The middle is a <see cref="StreamEngine"/>;
/// <see cref="Shards.Shard.Turn"/> is its heart.
/// </remarks>
public sealed class Route(IFrameFeed feed, StageFactory stages, IEmissionSink sink, EngineOptions options, IFaultReporter faults)
{
    private ExceptionDispatchInfo? _feedFailure; // set before the frames are completed, so that whoever sees their end sees it

    /// <summary>The engine, from the moment the route runs; for counters and queue lengths.</summary>
    public StreamEngine? Engine { get; private set; }

    /// <summary>Runs until the feed ends and everything is delivered, the sink closes, or <paramref name="cancellation"/> asks to stop: then what was read is stepped, every open sequence ends, and all its answers are delivered.</summary>
    /// <exception cref="IOException">The feed or the sink failed.</exception>
    public async Task<RouteSummary> RunAsync(CancellationToken cancellation)
    {
        await using StreamEngine engine = new(stages, options with { Source = feed.Source, Receipts = feed as IReceiptFeed }, faults);
        Engine = engine;
        using CancellationTokenSource feedStop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using CancellationTokenRegistration drain = cancellation.Register(engine.EndAll);
        _ = YieldFrames(engine, feedStop.Token, cancellation);
        bool sinkClosed = await DeliverEmissions(engine, feedStop).ConfigureAwait(false);
        await engine.Completion.ConfigureAwait(false);
        _feedFailure?.Throw();
        return new RouteSummary(engine.Counters, sinkClosed);
    }

    /// <summary>The feed runs on a thread of its own, because reading a pipe may block; when it ends, the shards step what is left.</summary>
    private Task YieldFrames(StreamEngine engine, CancellationToken feedStop, CancellationToken cancellation) => Task.Factory.StartNew(
        async () =>
        {
            try
            {
                await feed.ReadAsync(new FeedContext(engine.Frames, engine.Streams, engine.Pools.Payloads, faults, engine.Signature) { EndsStreams = options.Durability is null }, feedStop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (feedStop.IsCancellationRequested)
            {
                if (cancellation.IsCancellationRequested) engine.EndAll();
            }
            catch (Exception failure)
            {
                _feedFailure = ExceptionDispatchInfo.Capture(failure);
            }
            finally
            {
                engine.Frames.TryComplete();
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default).Unwrap();

    /// <summary>The sink delivers until the shards have nothing more to say, even after a stop was asked for. True if it closed before that.</summary>
    private async Task<bool> DeliverEmissions(StreamEngine engine, CancellationTokenSource feedStop)
    {
        try
        {
            await sink.WriteAsync(new SinkContext(engine.Emissions, engine.Streams, engine.Pools.Emissions), CancellationToken.None).ConfigureAwait(false);
            return !engine.Emissions.Completion.IsCompleted;
        }
        finally
        {
            await feedStop.CancelAsync().ConfigureAwait(false);
            engine.Stop();
        }
    }
}
