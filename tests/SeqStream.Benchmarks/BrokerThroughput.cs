using System.Diagnostics;
using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Routing;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Routing;
using SeqStream.Pipeline;
using SeqStream.Pipeline.Checkpoints;

namespace SeqStream.Benchmarks;

/// <summary>
/// Messages per second from a broker on this machine through the activity model, QoS 1, 64 streams, group commit on; beside it, in the same rounds, a consumer that does nothing but
/// acknowledge. Then, at 1,000 messages a second, the time from publishing a message to its emission.
/// </summary>
internal static class BrokerThroughput
{
    public const string SenderArgument = "broker-sender";
    private const int Streams = 64, Messages = 200_000, Rounds = 3, PacedMessages = 10_000, PacedPerSecond = 1_000;
    private static readonly string[] s_records = [.. Enumerable.Range(0, 40).Select(static i => string.Create(CultureInfo.InvariantCulture, $"[{30 + i},0.43,{20 + (i % 9)},0.43,{33.75 - (i % 5)},1.30]"))];

    public static async Task RunAsync(int port)
    {
        using LoadedModel model = ModelLoader.Load(ModelCatalog.Find().Resolve("activity"));
        List<double> nothing = [], route = [];
        for (int round = 0; round < Rounds; round++)
        {
            nothing.Add(await ConsumeAsync(port).ConfigureAwait(false));
            route.Add(await ThroughRouteAsync(port, model).ConfigureAwait(false));
        }
        double ceiling = Median(nothing), reached = Median(route);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a consumer that only acknowledges: {ceiling:N0} messages/s; through the activity model with group commit: {reached:N0} messages/s; ratio {reached / ceiling:0.00}"));
        await PaceAsync(port, model).ConfigureAwait(false);
        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"resident at the end: {self.WorkingSet64 / 1e6:0} MB"));
    }

    /// <summary>The sending side, a process of its own.</summary>
    public static async Task SendAsync(int port, string prefix, int count)
    {
        MqttClient client = new(new MqttOptions { ClientId = "bench-sender" }, new TcpTransport("127.0.0.1", port));
        await using (client.ConfigureAwait(false))
        {
            await client.ConnectAsync().ConfigureAwait(false);
            for (int message = 0; message < count; message++) await client.EnqueueAsync(MessageOf(prefix, message)).ConfigureAwait(false);
            await client.DisconnectAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false);
        }
    }

    private static PublishMessage MessageOf(string prefix, int message) => new() { Topic = string.Create(CultureInfo.InvariantCulture, $"{prefix}/s{message % Streams}"), Payload = Encoding.UTF8.GetBytes(s_records[message % s_records.Length]) };

    private static Process Sender(int port, string prefix, int count) => Process.Start(Environment.ProcessPath!, [SenderArgument, port.ToString(CultureInfo.InvariantCulture), prefix, count.ToString(CultureInfo.InvariantCulture)]);

    private static async Task<double> ConsumeAsync(int port)
    {
        MqttClient client = new(new MqttOptions { ClientId = "bench-null" }, new TcpTransport("127.0.0.1", port));
        await using (client.ConfigureAwait(false))
        {
            await client.ConnectAsync().ConfigureAwait(false);
            await client.SubscribeAsync("null/#").ConfigureAwait(false);
            using Process sender = Sender(port, "null", Messages);
            long first = 0;
            for (int seen = 0; seen < Messages;)
            {
                await client.Messages.WaitToReadAsync().ConfigureAwait(false);
                if (seen == 0) first = Stopwatch.GetTimestamp();
                while (client.Messages.TryRead(out ReceivedMessage? message))
                {
                    client.Acknowledge(message.Handle);
                    message.Dispose();
                    seen++;
                }
            }
            double seconds = Stopwatch.GetElapsedTime(first).TotalSeconds;
            await sender.WaitForExitAsync().ConfigureAwait(false);
            await client.DisconnectAsync().ConfigureAwait(false);
            return Messages / seconds;
        }
    }

    private static async Task<double> ThroughRouteAsync(int port, LoadedModel model)
    {
        using Kept kept = new(port, model, Messages);
        Task<RouteSummary> running = kept.RunAsync();
        await kept.Feed.Subscribed.ConfigureAwait(false);
        using Process sender = Sender(port, kept.Prefix, Messages);
        await kept.Sink.Done.ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(kept.Sink.FirstAt, kept.Sink.LastAt).TotalSeconds;
        await sender.WaitForExitAsync().ConfigureAwait(false);
        await kept.StopAsync(running).ConfigureAwait(false);
        return Messages / seconds;
    }

    private static async Task PaceAsync(int port, LoadedModel model)
    {
        using Kept kept = new(port, model, PacedMessages);
        Task<RouteSummary> running = kept.RunAsync();
        await kept.Feed.Subscribed.ConfigureAwait(false);
        MqttClient client = new(new MqttOptions { ClientId = "bench-paced" }, new TcpTransport("127.0.0.1", port));
        long[] sent = new long[PacedMessages];
        await using (client.ConfigureAwait(false))
        {
            await client.ConnectAsync().ConfigureAwait(false);
            long start = Stopwatch.GetTimestamp();
            for (int message = 0; message < PacedMessages; message++)
            {
                while (Stopwatch.GetElapsedTime(start).TotalSeconds * PacedPerSecond < message) Thread.Sleep(1);
                sent[message] = Stopwatch.GetTimestamp();
                await client.EnqueueAsync(MessageOf(kept.Prefix, message)).ConfigureAwait(false);
            }
            await client.DisconnectAsync(TimeSpan.FromMinutes(1)).ConfigureAwait(false);
        }
        await kept.Sink.Done.ConfigureAwait(false);
        await kept.StopAsync(running).ConfigureAwait(false);
        double[] late = [.. Enumerable.Range(0, PacedMessages).Select(message => Stopwatch.GetElapsedTime(sent[message], kept.Sink.At[message]).TotalMilliseconds).Order()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"at {PacedPerSecond} messages/s, from publish to emission: median {late[late.Length / 2]:0.00} ms, p99 {late[late.Length * 99 / 100]:0.00} ms, most {late[^1]:0.00} ms"));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>A route over a broker with a state directory of its own.</summary>
    private sealed class Kept : IDisposable
    {
        private static int s_count;
        private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-bench-").FullName;
        private readonly SqliteCheckpointStore _store;
        private readonly CancellationTokenSource _stop = new();
        private readonly Route _route;

        public Kept(int port, LoadedModel model, int messages)
        {
            Prefix = string.Create(CultureInfo.InvariantCulture, $"bench-{Environment.ProcessId}-{++s_count}");   // topics of its own: the broker keeps the session
            _store = new SqliteCheckpointStore(_folder);
            MqttFeed feed = FeedBuilder.Create(MqttUri.Parse(string.Create(CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{port}/{Prefix}/{{stream}}?client={Prefix}")), model);
            Feed = new SubscribedFeed(feed);
            Sink = new CountingSink(messages);
            _route = new Route(Feed, model.Stages, Sink, new EngineOptions { ExpectedStreams = Streams, Durability = new DurabilityOptions(_store, "bench") { MostReceipts = feed.Window / 2 } }, Feed);
        }

        public string Prefix { get; }

        public SubscribedFeed Feed { get; }

        public CountingSink Sink { get; }

        public Task<RouteSummary> RunAsync() => _route.RunAsync(_stop.Token);

        public async Task StopAsync(Task running)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(false);
            await Feed.Completion.ConfigureAwait(false);
        }

        public void Dispose()
        {
            _store.Dispose();
            _stop.Dispose();
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Says when the broker has had time to take the subscription.</summary>
    private sealed class SubscribedFeed(MqttFeed inner) : IReceiptFeed, IFaultReporter
    {
        public string Source => inner.Source;

        public Task Completion => inner.Completion;

        public Task Subscribed { get; } = Task.Delay(TimeSpan.FromSeconds(1));

        public Task ReadAsync(FeedContext context, CancellationToken cancellation) => inner.ReadAsync(context, cancellation);

        public void Restore(IEnumerable<KeyValuePair<string, byte[]>> items) => inner.Restore(items);

        public void Describe(ReadOnlySpan<long> receipts, ICollection<KeyValuePair<string, byte[]?>> items) => inner.Describe(receipts, items);

        public void Acknowledge(ReadOnlySpan<long> receipts) => inner.Acknowledge(receipts);

        public void Report(in RecordFault fault) => Console.Error.WriteLine(fault.Problem);
    }

    /// <summary>Notes when each emission came; message k is step k / Streams of stream k % Streams.</summary>
    private sealed class CountingSink(int messages) : IEmissionSink
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long[] At { get; } = new long[messages];

        public long FirstAt { get; private set; }

        public long LastAt { get; private set; }

        public Task Done => _done.Task;

        public async Task WriteAsync(SinkContext context, CancellationToken cancellation)
        {
            int seen = 0;
            while (await context.Emissions.WaitToReadAsync(cancellation).ConfigureAwait(false))
            {
                while (context.Emissions.TryRead(out Emission? emission))
                {
                    if (emission.Kind == EmissionKind.Barrier) emission.Barrier!.Reached();
                    else if (emission.Kind != EmissionKind.End)
                    {
                        LastAt = Stopwatch.GetTimestamp();
                        if (seen++ == 0) FirstAt = LastAt;
                        int stream = int.Parse(context.Streams.Utf8Name(emission.Stream)[1..], CultureInfo.InvariantCulture);
                        At[(emission.Step * Streams) + stream] = LastAt;
                        if (seen == messages) _done.TrySetResult();
                    }
                    context.Pool.Return(emission);
                }
            }
        }
    }
}
