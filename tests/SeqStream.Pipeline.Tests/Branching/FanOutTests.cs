using SeqStream.Contracts;
using SeqStream.Pipeline.Checkpoints;
using SeqStream.Pipeline.Tests;

namespace SeqStream.Pipeline.Branching;

/// <summary>One feed for several routes.</summary>
public sealed class FanOutTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>The oracle is each model alone on the same feed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Each_route_says_what_it_says_alone(int threads)
    {
        float[] keeps = [0.5f, 0.25f, 0.75f];
        EngineOptions options = new() { Threads = threads, FrameCapacity = 4, EmissionCapacity = 4 };
        ScriptedSource source = new(streams: 5, messages: 300, seed: 2);
        using ScriptedSource.Feed feed = source.Open(window: 20, isPrompt: true);
        using FanOut fan = new(feed, keeps.Length);
        CollectingSink[] sinks = [.. keeps.Select(static _ => new CollectingSink())];
        sinks[2].OnDelivered = static count => { if (count % 50 == 0) Thread.Sleep(1); };
        await Task.WhenAll(keeps.Select((keep, at) => new Route(fan.Branches[at], TestStages.Create(keep), sinks[at], options, new Bench.FaultList()).RunAsync(CancellationToken.None))).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        for (int at = 0; at < keeps.Length; at++)
        {
            CollectingSink alone = new();
            using ScriptedSource.Feed own = new ScriptedSource(streams: 5, messages: 300, seed: 2).Open(window: 20, isPrompt: true);
            await new Route(own, TestStages.Create(keeps[at]), alone, options, new Bench.FaultList()).RunAsync(CancellationToken.None).WaitAsync(s_patience, TestContext.Current.CancellationToken);
            Assert.Equal(Lines(alone), Lines(sinks[at]));
        }
        Assert.All(Enumerable.Range(0, source.Count), message => Assert.True(source.IsAcknowledged(message)));
    }

    /// <summary>One of two routes answers nothing: the feed gets no receipt back.</summary>
    [Fact]
    public async Task Receipts_go_back_when_all_routes_gave_them_back()
    {
        ScriptedSource source = new(streams: 2, messages: 10, seed: 1);
        using ScriptedSource.Feed feed = source.Open(window: 20, isPrompt: true);
        using FanOut fan = new(feed, 2);
        IReceiptFeed first = Assert.IsType<IReceiptFeed>(fan.Branches[0], exactMatch: false), second = Assert.IsType<IReceiptFeed>(fan.Branches[1], exactMatch: false);
        first.Acknowledge([1, 2, 3]);
        Assert.False(source.IsAcknowledged(1));
        second.Acknowledge([3, 2]);
        Assert.Equal([false, true, true, false], Enumerable.Range(0, 4).Select(message => source.IsAcknowledged(message)));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Route_that_ends_early_ends_the_others()
    {
        ScriptedSource source = new(streams: 2, messages: 5000, seed: 1);
        using ScriptedSource.Feed feed = source.Open(window: 20, isPrompt: true);
        using FanOut fan = new(feed, 2);
        CollectingSink broken = new() { OnDelivered = static count => { if (count == 30) throw new InvalidDataException("the disk is full"); } }, whole = new();
        Task<RouteSummary> fails = new Route(fan.Branches[0], TestStages.Create(), broken, new EngineOptions { FrameCapacity = 4 }, new Bench.FaultList()).RunAsync(CancellationToken.None);
        Task<RouteSummary> ends = new Route(fan.Branches[1], TestStages.Create(), whole, new EngineOptions { FrameCapacity = 4 }, new Bench.FaultList()).RunAsync(CancellationToken.None);
        await Assert.ThrowsAsync<InvalidDataException>(() => fails.WaitAsync(s_patience, TestContext.Current.CancellationToken));
        RouteSummary summary = await ends.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.InRange(summary.Counters.Steps, 1, 5000);
    }

    [Fact]
    public async Task Models_with_other_inputs_are_refused()
    {
        using ScriptedSource.Feed feed = new ScriptedSource(streams: 1, messages: 5, seed: 1).Open(window: 20, isPrompt: true);
        using FanOut fan = new(feed, 2);
        Task<RouteSummary> first = new Route(fan.Branches[0], TestStages.Create(), new CollectingSink(), new EngineOptions(), new Bench.FaultList()).RunAsync(CancellationToken.None);
        Task<RouteSummary> second = new Route(fan.Branches[1], LateModel.Stages(), new CollectingSink(), new EngineOptions(), new Bench.FaultList()).RunAsync(CancellationToken.None);
        ArgumentException fault = await Assert.ThrowsAsync<ArgumentException>(() => first.WaitAsync(s_patience, TestContext.Current.CancellationToken));
        Assert.EndsWith("Models on one feed must have the same inputs.", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => second.WaitAsync(s_patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Agreement_counts_what_is_the_same_and_tells_the_largest_difference()
    {
        Agreement same = await Compare(0.5f), other = await Compare(0.25f);
        Assert.Equal((same.Compared, 0, 0.0), (same.Agreed, same.Alone, same.LargestDifference));
        Assert.InRange(other.Agreed, 5, other.Compared / 2);
        Assert.Equal(same.Compared, other.Compared);
        Assert.InRange(other.LargestDifference, 1, 100);

        static async Task<Agreement> Compare(float keep)
        {
            using ScriptedSource.Feed feed = new ScriptedSource(streams: 5, messages: 300, seed: 2).Open(window: 20, isPrompt: true);
            using FanOut fan = new(feed, 2);
            Agreement agreement = new();
            CollectingSink sink = new();
            await Task.WhenAll(
                new Route(fan.Branches[0], TestStages.Create(), new AgreementSink(agreement, isShadow: false, sink), new EngineOptions(), new Bench.FaultList()).RunAsync(CancellationToken.None),
                new Route(fan.Branches[1], TestStages.Create(keep), new AgreementSink(agreement, isShadow: true, null), new EngineOptions(), new Bench.FaultList()).RunAsync(CancellationToken.None)).WaitAsync(s_patience, TestContext.Current.CancellationToken);
            Assert.Equal(sink.Delivered.Count, agreement.Compared);
            return agreement;
        }
    }

    private static IEnumerable<string> Lines(CollectingSink sink) => sink.Delivered.Select(static said => $"{said.Stream} {said.Step:D6} {said.Kind} {string.Join(',', said.Values)}").Order();
}
