using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary><c>serve</c> beside a real mosquitto.</summary>
public sealed class ServeBrokerTests
{
    private const string Reading = "[39.25,0.43,22.75,0.43,33.75,1.30]";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Routes_of_several_models_answer_as_the_filter_does_and_every_sink_gets_everything()
    {
        using Mosquitto broker = Mosquitto.Start();
        string filter = (await Seqstream.RunAsync(string.Concat(Enumerable.Repeat($"{{\"stream\":\"ada\",\"x\":{Reading}}}\n", 3)), "run", "activity", "--in", "jsonl", "--out", "jsonl")).Output;
        using ServedDaemon daemon = new ServedDaemon($$"""
            state: {folder}/state
            http: 127.0.0.1:0
            routes:
              activity:
                model: activity
                feed: {{broker.Uri}}/in/{stream}?client=one
                sinks: [ "{{broker.Uri}}/out/{stream}", "{folder}/out.jsonl", stdout ]
              again:
                model: activity
                feed: {{broker.Uri}}/in/{stream}?client=two
                sink: "{folder}/again.jsonl"
                durable: false
              tags:
                model: ner
                feed: {{broker.Uri}}/text/{stream}?client=three
                sink: "{{broker.Uri}}/tags/{stream}"
            """).Start();
        await daemon.UntilLogAsync("Ready: 3 of 3 routes are up.");
        foreach (string client in (string[])["one", "two", "three"]) await broker.UntilSubscribedAsync(client);
        using Process sub = broker.Open("mosquitto_sub", "-t", "out/ada", "-C", "3", "-W", "30", "-q", "1");
        using Process tags = broker.Open("mosquitto_sub", "-t", "tags/#", "-C", "1", "-W", "30", "-q", "1");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        for (int i = 0; i < 3; i++) broker.Command("mosquitto_pub", "-q", "1", "-t", "in/ada", "-m", Reading);
        broker.Command("mosquitto_pub", "-q", "1", "-t", "text/t", "-m", "London is large .");
        string answers = await sub.StandardOutput.ReadToEndAsync().WaitAsync(s_patience);
        string tagged = await tags.StandardOutput.ReadToEndAsync().WaitAsync(s_patience);
        await daemon.UntilMetricAsync("seqstream_checkpoint_commits_total", "activity", 1);
        await daemon.UntilMetricAsync("seqstream_feed_acknowledged_messages_total", "activity", 3);
        await daemon.UntilMetricAsync("seqstream_sink_delivered_messages_total", "activity", 3);
        using (HttpResponseMessage open = await daemon.GetAsync("/metrics", "application/openmetrics-text; version=1.0.0"))
        {
            Assert.Equal("application/openmetrics-text", open.Content.Headers.ContentType!.MediaType);
            Dictionary<string, double> samples = Metrics.Check(await open.Content.ReadAsStringAsync(), isOpenMetrics: true);
            Assert.Equal(3, samples["seqstream_shard_steps_total{route=\"activity\"}"]);
            Assert.Equal(1, samples["seqstream_route_up{route=\"tags\"}"]);
            Assert.Equal(1, samples["seqstream_shard_live_streams{route=\"again\"}"]);
        }
        using (HttpResponseMessage ready = await daemon.GetAsync("/readyz")) Assert.Equal("ready\n", await ready.Content.ReadAsStringAsync());

        Assert.Equal(0, await daemon.EndAsync());
        Assert.Equal(filter, answers);
        Assert.Equal(filter, File.ReadAllText(Path.Combine(daemon.Folder, "out.jsonl")));
        Assert.Equal(filter, File.ReadAllText(Path.Combine(daemon.Folder, "again.jsonl")));
        Assert.Equal(filter, await daemon.Process.StandardOutput.ReadToEndAsync());
        Assert.Contains("\"text\":\"London\"", tagged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Daemon_that_is_stopped_under_load_goes_on_where_it_was_and_repeats_nothing()
    {
        const int count = 3000;
        using Mosquitto broker = Mosquitto.Start("allow_anonymous true\nmax_queued_messages 100000\nmax_inflight_messages 0");
        using ServedDaemon daemon = new ServedDaemon($$"""
            state: {folder}/state
            http: 127.0.0.1:0
            routes:
              sum:
                model: {{TestModels.Null}}
                feed: {{broker.Uri}}/in/{stream}?client=sum
                sink: "{folder}/out.jsonl"
            """).Start();
        await daemon.UntilLogAsync("Ready:");
        string messages = Path.Combine(daemon.Folder, "messages");
        File.WriteAllLines(messages, Enumerable.Range(0, count).Select(static i => "[1,2]"));
        using Process publishing = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", $"exec mosquitto_pub -h 127.0.0.1 -p {broker.Port} -q 1 -t in/a -l < {messages}"]))!;
        await daemon.UntilMetricAsync("seqstream_shard_steps_total", "sum", 200);
        long stopped = Stopwatch.GetTimestamp();

        Assert.Equal(0, await daemon.EndAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(stopped).TotalSeconds, 0, 10);
        int before = File.ReadLines(Path.Combine(daemon.Folder, "out.jsonl")).Count();
        Assert.InRange(before, 200, count - 1);
        daemon.Start();
        await daemon.UntilLogAsync("Ready:", times: 2);
        await publishing.WaitForExitAsync(TestContext.Current.CancellationToken);
        string output = Path.Combine(daemon.Folder, "out.jsonl");
        long deadline = Environment.TickCount64 + 60_000;
        while (File.ReadLines(output).Count() < count && Environment.TickCount64 < deadline) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(0, await daemon.EndAsync());
        List<(long Step, double First)> answers = [.. File.ReadLines(output).Select(Answer)];

        Assert.Equal(Enumerable.Range(0, count).Select(static i => ((long)i, i + 1.0)), answers);
    }

    [Fact]
    public async Task Lazy_daemon_waits_for_its_broker_and_is_ready_when_it_is_there()
    {
        Assert.SkipWhen(Mosquitto.Program is null, "mosquitto is not installed. Install it (Debian: apt-get install mosquitto mosquitto-clients).");
        using Mosquitto broker = Mosquitto.Start();
        broker.Kill();
        using ServedDaemon daemon = new ServedDaemon($$"""
            ready: lazy
            http: 127.0.0.1:0
            log: { format: json }
            routes: {activity: {model: activity, feed: "{{broker.Uri}}/in/{stream}?client=l", sink: stdout} }
            """).Start();
        await daemon.UntilLogAsync("\"event\":\"DaemonReady\"");
        await daemon.UntilLogAsync("\"event\":\"RouteRestarting\"");
        using (HttpResponseMessage behind = await daemon.GetAsync("/readyz")) Assert.Equal(HttpStatusCode.ServiceUnavailable, behind.StatusCode);
        broker.Run();
        await daemon.UntilLogAsync("\"event\":\"RouteUp\"");
        using (HttpResponseMessage ready = await daemon.GetAsync("/readyz")) Assert.Equal(HttpStatusCode.OK, ready.StatusCode);

        Assert.Equal(0, await daemon.EndAsync());
    }

    [Fact]
    public async Task Password_comes_from_the_file_and_is_never_told()
    {
        using Mosquitto broker = Mosquitto.Start("allow_anonymous false\npassword_file {folder}/passwords", static folder =>
        {
            using Process passwords = Process.Start(Mosquitto.Find("mosquitto_passwd")!, ["-b", "-c", Path.Combine(folder, "passwords"), "user", "geheim"]);
            passwords.WaitForExit();
            File.WriteAllText(Path.Combine(folder, "password"), "geheim\n");
        });
        using ServedDaemon daemon = new ServedDaemon($$"""
            http: 127.0.0.1:0
            log: { level: debug }
            routes: {activity: {model: activity, feed: "{{broker.Uri}}/in/{stream}?client=p", sink: "mqtt://user:geheim@127.0.0.1:{{broker.Port}}/out/{stream}"} }
            """).Start(new() { ["SEQSTREAM__mqtt__user"] = "user", ["SEQSTREAM__mqtt__password_file"] = Path.Combine(broker.Folder, "password") });
        await daemon.UntilLogAsync("Ready:");
        using HttpResponseMessage metrics = await daemon.GetAsync("/metrics");

        Assert.DoesNotContain("geheim", await metrics.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await daemon.EndAsync());
        Assert.DoesNotContain("geheim", daemon.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /nothing HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found")]
    [InlineData("POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request")]
    [InlineData("HEAD /metrics HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK")]
    [InlineData(null, "HTTP/1.1 431 Request Header Fields Too Large")]
    public async Task Request_is_answered_by_the_rules(string? request, string status)
    {
        using ServedDaemon daemon = new ServedDaemon("http: 127.0.0.1:0\nroutes: {tags: {model: ner, feed: stdin, sink: stdout}}\n").Start();
        Uri address = await daemon.HttpAsync();
        using TcpClient client = new(address.Host, address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request ?? $"GET / HTTP/1.1\r\nX: {new string('x', 9000)}"), TestContext.Current.CancellationToken);
        using StreamReader answer = new(client.GetStream());
        string text = await answer.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken);

        Assert.StartsWith(status, text, StringComparison.Ordinal);
        if (request?.StartsWith("HEAD", StringComparison.Ordinal) ?? false) Assert.EndsWith("\r\n\r\n", text, StringComparison.Ordinal);
        Assert.Equal(0, await daemon.EndAsync());
    }

    private static (long Step, double First) Answer(string line)
    {
        using JsonDocument answer = JsonDocument.Parse(line);
        return (answer.RootElement.GetProperty("step").GetInt64(), answer.RootElement.GetProperty("y")[0].GetDouble());
    }
}
