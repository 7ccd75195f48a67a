using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>
/// A route beside a broker that goes away now and then, streams that sleep and wake, for as long as <c>SEQSTREAM_SOAK_MINUTES</c> says: memory, open files and threads stay where they were, and
/// every message is answered. <c>tools/test</c> gives it ten minutes where CI is set.
/// </summary>
public sealed class SoakTests
{
    private const int Streams = 200, MessagesPerSecond = 100, Samples = 60;
    private const double MoreMegabytes = 12, MoreFiles = 4, MoreThreads = 4;
    private static readonly TimeSpan s_length = TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("SEQSTREAM_SOAK_MINUTES") ?? "0.2", CultureInfo.InvariantCulture));
    private static readonly int s_brokerRestarts = s_length < TimeSpan.FromMinutes(1) ? 1 : 4;   // three close together look like two clients with one name, which wait long
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Memory_files_and_threads_stay_flat_and_every_message_is_answered()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The measures are read from /proc.");
        using Mosquitto broker = Mosquitto.Start("allow_anonymous true\npersistence true\npersistence_location {folder}/\nmax_queued_messages 0");
        string state = Path.Combine(broker.Folder, "state");
        using Process run = Seqstream.Start("run", "activity", "--quiet", "--feed", $"{broker.Uri}/in/{{stream}}?client=soak", "--sink", $"{broker.Uri}/out/{{stream}}", "--state-dir", state, "--hibernate-after", "2");
        await broker.UntilSubscribedAsync("soak");
        await using MqttClient client = new(new MqttOptions { ClientId = "soak-peer", SessionExpiry = TimeSpan.FromHours(1) }, new TcpTransport("127.0.0.1", broker.Port));
        await client.ConnectAsync(TestContext.Current.CancellationToken);
        await client.SubscribeAsync("out/#");
        HashSet<(string, long)> answers = [];
        Task hearing = Task.Run(() => HearAsync(client, answers));
        List<Sample> samples = [];
        long sent = 0;
        int restarts = 0;
        for (Stopwatch watch = Stopwatch.StartNew(); watch.Elapsed < s_length; await Task.Delay(10, TestContext.Current.CancellationToken))
        {
            for (; sent < watch.Elapsed.TotalSeconds * MessagesPerSecond; sent++)
                await client.EnqueueAsync(new PublishMessage { Topic = $"in/s{Random.Shared.Next(Streams)}", Payload = Encoding.UTF8.GetBytes($"[{sent % 50},0.43,{sent % 23},0.43,33.75,1.30]") }, TestContext.Current.CancellationToken);
            if (watch.Elapsed > s_length * (restarts + 1) / (s_brokerRestarts + 1) && restarts < s_brokerRestarts)
            {
                restarts++;
                broker.Restart();
            }
            if (watch.Elapsed > s_length * samples.Count / Samples) samples.Add(Sample.Of(run.Id));
        }
        for (Stopwatch watch = Stopwatch.StartNew(); Count(answers) < sent && watch.Elapsed < s_patience; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
        }
        Assert.Equal(sent, Count(answers));
        Mosquitto.Signal(run.Id, "TERM");
        await run.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal((143, ""), (run.ExitCode, await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)));
        await client.DisposeAsync();
        await hearing;
        Check(samples, sent);
    }

    /// <summary>The last third is held against the middle third; before that, buffers grow to the load and code is compiled.</summary>
    private static void Check(List<Sample> samples, long sent)
    {
        Sample[] middle = [.. samples.Skip(samples.Count / 3).Take(samples.Count / 3)], last = [.. samples.Skip(samples.Count * 2 / 3)];
        string seen = $"{sent} messages in {s_length.TotalMinutes:0.0} minutes; megabytes {string.Join(' ', samples.Select(static sample => sample.Megabytes.ToString("0", CultureInfo.InvariantCulture)))}; files {string.Join(' ', samples.Select(static sample => sample.Files))}; threads {string.Join(' ', samples.Select(static sample => sample.Threads))}";
        TestContext.Current.TestOutputHelper!.WriteLine(seen);
        Assert.True(last.Max(static sample => sample.Megabytes) <= middle.Max(static sample => sample.Megabytes) + MoreMegabytes, seen);
        Assert.True(last.Max(static sample => sample.Files) <= middle.Max(static sample => sample.Files) + MoreFiles, seen);
        Assert.True(last.Max(static sample => sample.Threads) <= middle.Max(static sample => sample.Threads) + MoreThreads, seen);
    }

    private static async Task HearAsync(MqttClient client, HashSet<(string, long)> answers)
    {
        await foreach (ReceivedMessage message in client.Messages.ReadAllAsync())
        {
            using JsonDocument json = JsonDocument.Parse(message.Payload);
            lock (answers) answers.Add((json.RootElement.GetProperty("stream").GetString()!, json.RootElement.GetProperty("step").GetInt64()));
            client.Acknowledge(message.Handle);
            message.Dispose();
        }
    }

    private static long Count(HashSet<(string, long)> answers)
    {
        lock (answers) return answers.Count;
    }

    /// <summary>What a process takes of the machine.</summary>
    private sealed record Sample(double Megabytes, int Files, int Threads)
    {
        public static Sample Of(int process)
        {
            string[] lines = File.ReadAllLines($"/proc/{process}/status");
            return new Sample(Number("VmRSS:") / 1e3, Directory.GetFileSystemEntries($"/proc/{process}/fd").Length, (int)Number("Threads:"));

            double Number(string name) => double.Parse(lines.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }
    }
}
