using Microsoft.Extensions.Logging.Abstractions;
using SeqStream.Contracts;
using SeqStream.Hosting.Supervision;
using SeqStream.Hosting.Systemd;
using SeqStream.Hosting.Tests.Systemd;
using SeqStream.Mqtt.Tests.Brokers;
using SeqStream.Pipeline;

namespace SeqStream.Hosting.Tests.Supervision;

/// <summary>Signs of life come from shards that step or wait, and from no others.</summary>
public sealed class WatchdogTests
{
    private static readonly TimeSpan s_half = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Idle_engine_is_alive_and_one_that_hangs_in_a_kernel_is_not_until_it_goes_on()
    {
        using HangingModel model = new();
        await using StreamEngine engine = new(model.Stages, new EngineOptions { Threads = 2 });
        await using Watched watched = new(engine);
        Assert.Equal(3, await watched.LookAsync(3));
        model.Close();
        await engine.WriteAsync("a", [1], TestContext.Current.CancellationToken);
        await UntilAsync(() => engine.Pulses().Any(static pulse => !pulse.IsParked));
        await watched.LookAsync(1);
        Assert.Equal(0, await watched.LookAsync(5));
        Assert.False(watched.Watchdog.IsAlive);
        model.Open();
        Assert.Equal(1, (await engine.Emissions.ReadAsync(TestContext.Current.CancellationToken)).OutputCount);
        await UntilAsync(() => engine.Pulses().All(static pulse => pulse.IsParked));

        Assert.Equal(2, await watched.LookAsync(2));
        Assert.True(watched.Watchdog.IsAlive);
    }

    [Fact]
    public async Task Engine_that_waits_for_a_sink_is_alive()
    {
        using HangingModel model = new();
        await using StreamEngine engine = new(model.Stages, new EngineOptions { EmissionCapacity = 1 });
        await using Watched watched = new(engine);
        for (int i = 0; i < 4; i++) await engine.WriteAsync("a", [i], TestContext.Current.CancellationToken);
        await UntilAsync(() => engine.Pulses()[0].IsDelivering);

        Assert.Equal(4, await watched.LookAsync(4));
    }

    [Fact]
    public async Task Clock_that_is_set_changes_nothing()
    {
        using HangingModel model = new();
        await using StreamEngine engine = new(model.Stages);
        await UntilAsync(() => engine.Pulses()[0].IsParked);
        await using Watched watched = new(engine);
        watched.Time.Offset = TimeSpan.FromHours(-1);
        Assert.Equal(0, watched.Take());
        watched.Time.Offset = TimeSpan.FromDays(365 * 70);
        Assert.Equal(0, watched.Take());

        Assert.Equal(2, await watched.LookAsync(2));
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo()) await Task.Delay(1, TestContext.Current.CancellationToken);
    }

    private sealed class Watched : IAsyncDisposable
    {
        private readonly NotifyReceiver _receiver = new();
        private readonly SystemdNotifier _notifier;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Watched(StreamEngine engine)
        {
            _notifier = new SystemdNotifier(_receiver.Name, Time);
            Watchdog = new Watchdog(_notifier, 2 * s_half, () => [("route", engine.Pulses())], Time, NullLogger.Instance);
            _running = Watchdog.RunAsync(_stop.Token);
            Take();
        }

        public SteppedTime Time { get; } = new();

        public Watchdog Watchdog { get; }

        public int Take() => _receiver.TakeAll().Count(static message => message == "WATCHDOG=1");

        /// <summary>Lets it look so many times; answers how many signs of life came.</summary>
        public async Task<int> LookAsync(int times)
        {
            int signs = 0;
            for (int i = 0; i < times; i++)
            {
                await UntilAsync(() => Time.Clock.Waiting == 1);
                Time.Clock.Advance(s_half);
                await UntilAsync(() => Time.Clock.Waiting == 1);
                signs += Take();
            }
            return signs;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _notifier.Dispose();
            _receiver.Dispose();
            _stop.Dispose();
        }
    }
}
