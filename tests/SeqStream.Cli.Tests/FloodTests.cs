using System.Diagnostics;
using System.Globalization;
using System.Text;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>N11 of the reliability tests: far more messages than the reader of the answers takes, for as long as <c>SEQSTREAM_FLOOD_SECONDS</c> says. Memory stays bounded; nothing is lost, or what is lost is counted.</summary>
[Collection(nameof(FloodTests))]
public sealed class FloodTests
{
    private const int Streams = 64, MessagesPerSecond = 50_000, LinesPerSecond = 1_000;
    private const double MostMegabytes = 120;
    private static readonly double s_seconds = double.Parse(Environment.GetEnvironmentVariable("SEQSTREAM_FLOOD_SECONDS") ?? "3", CultureInfo.InvariantCulture);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    /// <summary>The broker keeps what is not acknowledged: everything is answered once the reader hurries up.</summary>
    [Fact]
    public async Task Flood_of_quality_1_waits_at_the_broker_and_is_answered_to_the_last_message()
    {
        await using Flood flood = await Flood.StartAsync("qos=1");
        long sent = await flood.PourAsync(QualityOfService.AtLeastOnce);
        flood.Hurry();
        await flood.UntilAsync(() => flood.Lines >= sent);

        flood.Tell(sent);
        Assert.Equal(sent, flood.Lines);
        Assert.InRange(flood.MostMegabytes, 1, MostMegabytes);
    }

    /// <summary>Every message was answered, or dropped here and counted, or dropped by the broker and counted there.</summary>
    [Fact]
    public async Task Flood_of_quality_0_is_dropped_where_the_reader_is_behind_and_counted_exactly()
    {
        await using Flood flood = await Flood.StartAsync("qos=0&overflow=drop-newest");
        long sent = await flood.PourAsync(QualityOfService.AtMostOnce);
        flood.Hurry();
        await flood.UntilQuietAsync();
        long dropped = (long)await flood.Daemon.MetricAsync("seqstream_feed_dropped_messages_total", "flooded");
        long atBroker = flood.DroppedAtBroker;

        flood.Tell(sent, $"; {dropped} dropped here, {atBroker} by the broker");
        Assert.True(dropped > 0);
        Assert.Equal(sent, flood.Lines + dropped + atBroker);
        Assert.InRange(flood.MostMegabytes, 1, MostMegabytes);
    }

    /// <summary>A broker, a daemon whose answers are read slowly, and a client that sends too much.</summary>
    private sealed class Flood : IAsyncDisposable
    {
        private readonly Mosquitto _broker;
        private readonly MqttClient _client;
        private readonly Task _reading;
        private volatile bool _hurries;
        private long _lines;
        private double _seconds;

        private Flood(Mosquitto broker, ServedDaemon daemon, MqttClient client)
        {
            (_broker, Daemon, _client) = (broker, daemon, client);
            _reading = Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning);
        }

        public ServedDaemon Daemon { get; }

        public long Lines => Volatile.Read(ref _lines);

        public double MostMegabytes { get; private set; }

        public long DroppedAtBroker
        {
            get
            {
                using Process heard = _broker.Open("mosquitto_sub", "-t", "$SYS/broker/publish/messages/dropped", "-C", "1", "-W", "5");   // what the broker wrote last, every second
                return long.Parse(heard.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "0", CultureInfo.InvariantCulture);
            }
        }

        public static async Task<Flood> StartAsync(string feed)
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory is read from /proc.");
            Mosquitto broker = Mosquitto.Start("allow_anonymous true\nmax_queued_messages 0\nsys_interval 1");
            ServedDaemon daemon = new($$"""
                http: 127.0.0.1:0
                routes:
                  flooded: { model: activity, feed: "{{broker.Uri}}/in/{stream}?client=flooded&payload=f32le&{{feed}}", sinks: [ stdout ] }
                """);
            daemon.Start();
            await broker.UntilSubscribedAsync("flooded");
            MqttClient client = new(new MqttOptions { ClientId = "flood", ReceiveMaximum = 2000 }, new TcpTransport("127.0.0.1", broker.Port));
            await client.ConnectAsync();
            return new Flood(broker, daemon, client);
        }

        /// <summary>Sends as fast as wanted, or as fast as this machine does; answers how many messages the broker took.</summary>
        public async Task<long> PourAsync(QualityOfService quality)
        {
            byte[] row = new byte[6 * sizeof(float)];
            string[] topics = [.. Enumerable.Range(0, Streams).Select(static stream => FormattableString.Invariant($"in/s{stream}"))];
            long sent = 0;
            Stopwatch watch = Stopwatch.StartNew();
            for (double sampled = 0; watch.Elapsed.TotalSeconds < s_seconds;)
            {
                if (sent >= watch.Elapsed.TotalSeconds * MessagesPerSecond) await Task.Delay(1);
                for (; sent < watch.Elapsed.TotalSeconds * MessagesPerSecond && watch.Elapsed.TotalSeconds < s_seconds; sent++)
                    await _client.EnqueueAsync(new PublishMessage { Topic = topics[sent % Streams], Payload = row, Quality = quality });
                if (watch.Elapsed.TotalSeconds < sampled) continue;
                Sample();
                sampled = watch.Elapsed.TotalSeconds + 0.1;
            }
            TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _client.NotifyWhenSettled(settled.SetResult);
            await settled.Task.WaitAsync(s_patience);
            _seconds = watch.Elapsed.TotalSeconds;
            return sent;
        }

        /// <summary>Reads as fast as lines come from now on.</summary>
        public void Hurry() => _hurries = true;

        public async Task UntilAsync(Func<bool> isSo)
        {
            for (Stopwatch watch = Stopwatch.StartNew(); !isSo() && watch.Elapsed < s_patience; await Task.Delay(20)) Sample();
        }

        /// <summary>Waits until no line has come for two seconds.</summary>
        public async Task UntilQuietAsync()
        {
            for (long before = -1; before != Lines; await Task.Delay(2000)) before = Lines;
        }

        public void Tell(long sent, string more = "")
            => TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sent} messages in {_seconds:0.0} s, {sent / _seconds:0} a second; {Lines} answered; at most {MostMegabytes:0.0} MB{more}"));

        public async ValueTask DisposeAsync()
        {
            await _client.DisposeAsync();
            Daemon.Process.Kill();
            await _reading.WaitAsync(s_patience);
            Daemon.Dispose();
            _broker.Dispose();
        }

        private void Sample()
        {
            string resident = File.ReadLines($"/proc/{Daemon.Process.Id}/status").Single(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            MostMegabytes = Math.Max(MostMegabytes, double.Parse(resident["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1e3);
        }

        private void Read()
        {
            byte[] bytes = new byte[1 << 14];
            Stream output = Daemon.Process.StandardOutput.BaseStream;
            Stopwatch watch = Stopwatch.StartNew();
            for (int count; (count = output.Read(bytes, 0, bytes.Length)) > 0;)
            {
                Volatile.Write(ref _lines, _lines + bytes.AsSpan(0, count).Count((byte)'\n'));
                while (!_hurries && _lines > watch.Elapsed.TotalSeconds * LinesPerSecond) Thread.Sleep(1);
            }
        }
    }
}
