using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>
/// The counting model beside a real broker: <c>run --state-dir</c> is killed at random moments, without a word. No message is lost, none is applied twice, and in the end every stream's
/// memory is, bit for bit, that of a run that nobody killed.
/// </summary>
public sealed class KillTests
{
    private const int Streams = 64, MessagesPerSecond = 200, MostUnacknowledged = 1000;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private static readonly int s_kills = int.TryParse(Environment.GetEnvironmentVariable("SEQSTREAM_KILLS"), CultureInfo.InvariantCulture, out int kills) ? kills : 20;

    [Fact]
    public async Task Nothing_is_lost_and_nothing_applied_twice_by_kills_at_any_moment()
    {
        using Mosquitto broker = Mosquitto.Start("allow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0");
        string state = Directory.CreateDirectory(Path.Combine(broker.Folder, "state")).FullName, calm = Path.Combine(broker.Folder, "calm");
        string[] run = ["run", "activity", "--feed", $"{broker.Uri}/in/{{stream}}?client=killed", "--sink", $"{broker.Uri}/out/{{stream}}", "--state-dir", state, "--commit-every", "0.05", "--threads", "2"];
        int seed = Environment.TickCount;
        Random random = new(seed);
        await using Listener heard = await Listener.StartAsync(broker.Port);
        using CancellationTokenSource enough = new();
        Task<List<Message>>? sending = null;
        for (int kill = 0; kill < s_kills; kill++)
        {
            using Process process = Seqstream.Start(run);
            await broker.UntilSubscribedAsync("killed");
            sending ??= SendAsync(broker.Port, seed, enough.Token);
            await Task.Delay(random.Next(100, 900), TestContext.Current.CancellationToken);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(137, process.ExitCode);
        }
        await enough.CancelAsync();
        List<Message> sent = await sending!;
        int connections = broker.Connections("killed");
        using (Process last = Seqstream.Start(run))
        {
            await broker.UntilConnectedAsync("killed", connections + 1);   // before that it has looked at no stream, and a killed one may have stored some as having work to do
            await heard.UntilAsync(sent.Count, s_patience);
            Mosquitto.Signal(last.Id, "TERM");
            await last.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken);
            string errors = await last.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            // On a busy machine more messages wait than the window holds, and mosquitto 2.0.11 sends them all.
            Assert.Equal((143, ""), (last.ExitCode, errors.StartsWith("seqstream: The broker sends more unacknowledged messages than the receive maximum", StringComparison.Ordinal) ? "" : errors));
        }
        Dictionary<(string, long), string> expected = await CalmAsync(sent, calm);
        foreach (((string stream, long step), string answer) in heard.Answers) Assert.True(expected.TryGetValue((stream, step), out string? wanted) && wanted == answer, $"seed {seed}: stream {stream}, step {step}: {answer}, expected {wanted}");
        Assert.True(expected.Count == heard.Answers.Count, $"seed {seed}: {expected.Count - heard.Answers.Count} answers are missing");
        Assert.Equal(0, heard.Contradictions);
        Assert.InRange(heard.Repetitions, 0, s_kills * MostUnacknowledged);
        Assert.Equal(await ExportAsync(calm), await ExportAsync(state));
        TestContext.Current.TestOutputHelper!.WriteLine($"{s_kills} kills, {sent.Count} messages, 0 lost, 0 applied twice, {heard.Repetitions} answers delivered again");
    }

    private sealed record Message(string Stream, string Record);

    private static async Task<List<Message>> SendAsync(int port, int seed, CancellationToken enough)
    {
        Random random = new(seed);
        List<Message> sent = [];
        await using MqttClient client = new(new MqttOptions { ClientId = "sender" }, new TcpTransport("127.0.0.1", port));
        await client.ConnectAsync(CancellationToken.None);
        for (Stopwatch watch = Stopwatch.StartNew(); !enough.IsCancellationRequested;)
        {
            for (; sent.Count < watch.Elapsed.TotalSeconds * MessagesPerSecond; sent.Add(new Message($"s{random.Next(Streams)}", $"[{string.Join(',', Enumerable.Range(0, 6).Select(_ => (random.Next(0, 4000) / 100f).ToString("R", CultureInfo.InvariantCulture)))}]")))
            {
                if (sent.Count > 0) await PublishAsync(client, sent[^1]);
            }
            await Task.Delay(5, CancellationToken.None);
        }
        if (sent.Count > 0) await PublishAsync(client, sent[^1]);
        await client.DisconnectAsync(s_patience);
        return sent;
    }

    private static ValueTask PublishAsync(MqttClient client, Message message) => client.EnqueueAsync(new PublishMessage { Topic = $"in/{message.Stream}", Payload = Encoding.UTF8.GetBytes(message.Record) });

    /// <summary>The same messages through a run that nobody kills.</summary>
    private static async Task<Dictionary<(string, long), string>> CalmAsync(List<Message> sent, string state)
    {
        string input = string.Concat(sent.Select(static message => $"{{\"stream\":\"{message.Stream}\",\"x\":{message.Record}}}\n"));
        Seqstream.Outcome calm = await Seqstream.RunAsync(input, "run", "activity", "--in", "jsonl", "--out", "jsonl", "--state-dir", state);
        Assert.Equal((0, ""), (calm.ExitCode, calm.Errors));
        Dictionary<(string, long), string> answers = [];
        foreach (string line in calm.Lines) answers.Add(KeyOf(line), line);
        return answers;
    }

    /// <summary>All streams of a state directory, with every bit that is stored of them.</summary>
    private static async Task<string[]> ExportAsync(string state)
    {
        Seqstream.Outcome export = await Seqstream.RunAsync("", "state", "export", "--state-dir", state);
        Assert.Equal((0, ""), (export.ExitCode, export.Errors));
        Assert.Equal(Streams, export.Lines.Length);
        return [.. export.Lines.Order(StringComparer.Ordinal)];
    }

    private static (string, long) KeyOf(string line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        return (json.RootElement.GetProperty("stream").GetString()!, json.RootElement.GetProperty("step").GetInt64());
    }

    /// <summary>Subscribes to all answers and keeps them.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly MqttClient _client;
        private readonly Task _reading;
        private long _count;

        private Listener(MqttClient client)
        {
            _client = client;
            _reading = Task.Run(ReadAsync);
        }

        public Dictionary<(string, long), string> Answers { get; } = [];

        public int Repetitions { get; private set; }

        public int Contradictions { get; private set; }

        public static async Task<Listener> StartAsync(int port)
        {
            MqttClient client = new(new MqttOptions { ClientId = "listener" }, new TcpTransport("127.0.0.1", port));
            await client.ConnectAsync(CancellationToken.None);
            await client.SubscribeAsync("out/#");
            return new Listener(client);
        }

        public async Task UntilAsync(int answers, TimeSpan patience)
        {
            for (Stopwatch watch = Stopwatch.StartNew(); Interlocked.Read(ref _count) < answers; await Task.Delay(10))
            {
                if (watch.Elapsed > patience) throw new TimeoutException($"{Interlocked.Read(ref _count)} of {answers} answers came within {patience}");
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _client.DisposeAsync();
            await _reading;
        }

        private async Task ReadAsync()
        {
            await foreach (ReceivedMessage message in _client.Messages.ReadAllAsync())
            {
                string line = Encoding.UTF8.GetString(message.Payload.Span);
                _client.Acknowledge(message.Handle);
                message.Dispose();
                if (Answers.TryAdd(KeyOf(line), line))
                {
                    Interlocked.Increment(ref _count);
                    continue;
                }
                Repetitions++;
                if (Answers[KeyOf(line)] != line) Contradictions++;
            }
        }
    }
}
