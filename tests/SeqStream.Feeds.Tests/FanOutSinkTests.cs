using System.Text;
using System.Threading.Channels;
using SeqStream.Contracts;

namespace SeqStream.Feeds.Tests;

public sealed class FanOutSinkTests
{
    private readonly StreamDirectory _streams = new();
    private readonly EmissionPool _pool = new();
    private readonly Channel<Emission> _emissions = Channel.CreateUnbounded<Emission>();

    [Fact]
    public async Task Every_sink_gets_everything_in_order()
    {
        using MemoryStream first = new(), second = new(), third = new();
        for (int step = 0; step < 1000; step++) Emit(step);
        _emissions.Writer.Complete();
        await new FanOutSink([new JsonLinesSink(first), new JsonLinesSink(second), new JsonLinesSink(third)]).WriteAsync(Context, CancellationToken.None);

        string expected = string.Concat(Enumerable.Range(0, 1000).Select(static step => $"{{\"stream\":\"a\",\"step\":{step},\"text\":\"t{step}\",\"label\":\"L\",\"score\":0.5,\"y\":[{step},0.1],\"id\":{step}}}\n"));
        foreach (MemoryStream sink in (MemoryStream[])[first, second, third]) Assert.Equal(expected, Encoding.UTF8.GetString(sink.ToArray()));
    }

    [Fact]
    public async Task Barrier_is_reached_when_the_slowest_sink_has_reached_it()
    {
        using MemoryStream fast = new();
        SlowSink slow = new();
        Barrier barrier = new();
        Emit(0);
        Emission emission = _pool.Rent();
        (emission.Kind, emission.Barrier) = (EmissionKind.Barrier, barrier);
        _emissions.Writer.TryWrite(emission);
        Task writing = new FanOutSink([new JsonLinesSink(fast), slow]).WriteAsync(Context, CancellationToken.None);
        await slow.Asked;
        while (fast.Length == 0) await Task.Delay(1, TestContext.Current.CancellationToken);
        Assert.Equal(0, barrier.Count);
        slow.GoOn();
        _emissions.Writer.Complete();
        await writing;

        Assert.Equal(1, barrier.Count);
    }

    [Fact]
    public async Task Sink_that_ends_early_ends_all()
    {
        Emit(0);
        await new FanOutSink([new EndingSink(), new SlowSink()]).WriteAsync(Context, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.False(_emissions.Reader.Completion.IsCompleted);
    }

    [Fact]
    public async Task Sink_that_fails_ends_all_with_its_fault()
    {
        Emit(0);
        IOException fault = await Assert.ThrowsAsync<IOException>(() => new FanOutSink([new SlowSink(), new EndingSink(new IOException("disk full"))]).WriteAsync(Context, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Equal("disk full", fault.Message);
    }

    [Fact]
    public async Task Fault_of_the_route_reaches_the_caller()
    {
        using MemoryStream output = new();
        _emissions.Writer.Complete(new InvalidOperationException("shard"));

        Assert.Equal("shard", (await Assert.ThrowsAsync<InvalidOperationException>(() => new FanOutSink([new JsonLinesSink(output), new SlowSink()]).WriteAsync(Context, CancellationToken.None))).Message);
    }

    private SinkContext Context => new(_emissions.Reader, _streams, _pool);

    private void Emit(int step)
    {
        Emission emission = _pool.Rent();
        (emission.Stream, emission.Kind, emission.Step, emission.Label, emission.Score) = (_streams.Intern("a"), EmissionKind.Label, step, "L", 0.5f);
        emission.AddText(Encoding.UTF8.GetBytes($"t{step}"));
        emission.BeginOutput("y", isSingle: true);
        emission.AddValue(step);
        emission.AddValue(0.1f);
        emission.AddEcho(Encoding.UTF8.GetBytes($"\"id\":{step}"));
        _emissions.Writer.TryWrite(emission);
    }

    private sealed class Barrier : IDeliveryBarrier
    {
        public int Count { get; private set; }

        public void Reached() => Count++;
    }

    private sealed class SlowSink : IEmissionSink
    {
        private readonly TaskCompletionSource _asked = new(), _go = new();

        public Task Asked => _asked.Task;

        public void GoOn() => _go.SetResult();

        public async Task WriteAsync(SinkContext context, CancellationToken cancellation)
        {
            await context.Emissions.WaitToReadAsync(cancellation);
            _asked.SetResult();
            await _go.Task.WaitAsync(cancellation);
            await foreach (Emission emission in context.Emissions.ReadAllAsync(cancellation)) emission.Barrier?.Reached();
        }
    }

    private sealed class EndingSink(Exception? fault = null) : IEmissionSink
    {
        public async Task WriteAsync(SinkContext context, CancellationToken cancellation)
        {
            await context.Emissions.ReadAsync(cancellation);
            if (fault is not null) throw fault;
        }
    }
}
