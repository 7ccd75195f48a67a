using SeqStream.Contracts;

namespace SeqStream.Pipeline.Tests;

public sealed class RouteTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static Route Create(IFrameFeed feed, IEmissionSink sink) => new(feed, TestStages.Create(), sink, new EngineOptions { FrameCapacity = 16, EmissionCapacity = 16 }, new Faults());

    [Fact]
    public async Task Feed_ends_and_everything_is_delivered()
    {
        Sink sink = new();
        RouteSummary summary = await Create(new Feed(1000), sink).RunAsync(CancellationToken.None).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(1000, sink.Delivered);
        Assert.Equal(1000, summary.Counters.Steps);
        Assert.False(summary.SinkClosed);
    }

    [Fact]
    public async Task Sink_closes_and_the_route_ends_though_the_feed_would_go_on()
    {
        RouteSummary summary = await Create(new Feed(int.MaxValue), new Sink(closeAfter: 10)).RunAsync(CancellationToken.None).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.True(summary.SinkClosed);
    }

    [Fact]
    public async Task Sink_closes_and_the_route_ends_though_the_feed_is_blocked()
    {
        using Feed feed = new(20, blockAtEnd: true);
        RouteSummary summary = await Create(feed, new Sink(closeAfter: 10)).RunAsync(CancellationToken.None).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.True(summary.SinkClosed);
    }

    [Fact]
    public async Task Feed_fails_and_what_it_yielded_is_delivered_before_the_fault_is_told()
    {
        Sink sink = new();
        await Assert.ThrowsAsync<IOException>(() => Create(new Feed(30, failAtEnd: true), sink).RunAsync(CancellationToken.None).WaitAsync(s_patience, TestContext.Current.CancellationToken));
        Assert.Equal(30, sink.Delivered);
    }

    [Fact]
    public async Task Stop_is_asked_for_and_what_was_read_is_delivered()
    {
        using CancellationTokenSource stop = new();
        using Feed feed = new(12, blockAtEnd: true);
        Sink sink = new();
        Task<RouteSummary> running = Create(feed, sink).RunAsync(stop.Token);
        await sink.WhenDelivered(12).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        RouteSummary summary = await running.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(12, summary.Counters.Steps);
    }

    [Fact]
    public async Task Stop_is_asked_for_and_open_streams_end_though_the_feed_is_blocked()
    {
        using CancellationTokenSource stop = new();
        using Feed feed = new(12, blockAtEnd: true);
        Sink sink = new();
        Route route = new(feed, LateModel.Stages(), sink, new EngineOptions(), new Faults());
        Task<RouteSummary> running = route.RunAsync(stop.Token);
        await sink.WhenDelivered(12 - LateModel.Delay).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await running.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(12 + 1, sink.Delivered);
    }

    private sealed class Feed(int count, bool blockAtEnd = false, bool failAtEnd = false) : IFrameFeed, IDisposable
    {
        private readonly ManualResetEventSlim _never = new();

        public string Source => "test";

        public async Task ReadAsync(FeedContext context, CancellationToken cancellation)
        {
            StreamId stream = context.Streams.Intern("s");
            for (int i = 0; i < count; i++)
            {
                FramePayload payload = context.Payloads.Rent();
                payload.BeginSegment(0, isInteger: false);
                payload.Add([1, 2]);
                await context.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.Data, Position = i + 1, Payload = payload }, cancellation);
            }
            if (failAtEnd) throw new IOException("the cable was cut");
            if (blockAtEnd) _never.Wait(s_patience, CancellationToken.None);
        }

        public void Dispose() => _never.Set();
    }

    private sealed class Sink(int closeAfter = int.MaxValue) : IEmissionSink
    {
        private readonly Dictionary<int, TaskCompletionSource> _waiting = [];

        public int Delivered { get; private set; }

        public Task WhenDelivered(int count)
        {
            lock (_waiting)
            {
                if (Delivered >= count) return Task.CompletedTask;
                TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting[count] = source;
                return source.Task;
            }
        }

        public async Task WriteAsync(SinkContext context, CancellationToken cancellation)
        {
            await foreach (Emission emission in context.Emissions.ReadAllAsync(cancellation))
            {
                context.Pool.Return(emission);
                lock (_waiting)
                {
                    Delivered++;
                    if (_waiting.Remove(Delivered, out TaskCompletionSource? source)) source.SetResult();
                }
                if (Delivered == closeAfter) return;
            }
        }
    }

    private sealed class Faults : IFaultReporter
    {
        public void Report(in RecordFault fault) => Assert.Fail(fault.Problem);
    }
}
