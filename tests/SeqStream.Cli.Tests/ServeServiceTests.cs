using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SeqStream.Cli.Tests;

/// <summary>How <c>serve</c> behaves as a service: what it tells systemd, how it reloads and ends, where it can live.</summary>
public sealed class ServeServiceTests
{
    private const string Tags = "routes: {tags: {model: ner, in: text, feed: stdin, sink: stdout}}\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Service_manager_is_told_exactly_what_happens(bool isAbstract)
    {
        Assert.SkipWhen(isAbstract && !OperatingSystem.IsLinux(), "Only Linux has abstract sockets.");
        using NotifySocket socket = new(isAbstract);
        using ServedDaemon daemon = new ServedDaemon(Tags).Start(new() { ["NOTIFY_SOCKET"] = socket.Name });
        Assert.Equal("READY=1\nSTATUS=1 of 1 routes are up", await socket.ReceiveAsync());
        long before = Stopwatch.GetTimestamp();
        daemon.Signal("HUP");
        Match reloading = Regex.Match(await socket.ReceiveAsync(), "^RELOADING=1\nMONOTONIC_USEC=([0-9]+)$");
        Assert.Equal("READY=1\nSTATUS=1 of 1 routes are up", await socket.ReceiveAsync());
        await daemon.UntilLogAsync("Configuration read again: 1 routes go on, none started, none removed.");
        Assert.Equal("STATUS=1 of 1 routes are up", await socket.ReceiveAsync());
        daemon.Signal("TERM");

        Assert.Equal("STOPPING=1\nSTATUS=stopping", await socket.ReceiveAsync());
        Assert.Equal(0, await daemon.ExitAsync());
        Assert.InRange(long.Parse(reloading.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), before / 1000, Stopwatch.GetTimestamp() / 1000);
    }

    [Fact]
    public async Task Missing_socket_is_harmless()
    {
        using ServedDaemon daemon = new ServedDaemon(Tags).Start(new() { ["NOTIFY_SOCKET"] = "/absent/notify", ["WATCHDOG_USEC"] = "100000" });
        await daemon.UntilLogAsync("Ready: 1 of 1 routes are up.");

        Assert.Equal(0, await daemon.EndAsync());
    }

    [Fact]
    public async Task Signs_of_life_come_and_stop_when_the_process_does()
    {
        using NotifySocket socket = new(isAbstract: false);
        using ServedDaemon daemon = new ServedDaemon(Tags).Start(new() { ["NOTIFY_SOCKET"] = socket.Name, ["WATCHDOG_USEC"] = "200000" });
        List<string> told = [];
        while (told.Count(static message => message == "WATCHDOG=1") < 4) told.Add(await socket.ReceiveAsync());

        Assert.Equal(["WATCHDOG=1", "READY=1\nSTATUS=1 of 1 routes are up"], told.Distinct().OrderByDescending(static message => message));
        Assert.Equal(0, await daemon.EndAsync());
    }

    [Fact]
    public async Task Bad_reload_keeps_the_old_configuration_and_a_good_one_replaces_it()
    {
        using ServedDaemon daemon = new ServedDaemon("state: {folder}/state\n" + Tags).Start();
        await daemon.UntilLogAsync("Ready:");
        await daemon.Process.StandardInput.WriteLineAsync("Ada lives in London .");
        await daemon.Process.StandardInput.FlushAsync();
        Assert.Equal("Ada\tB-LOC", await daemon.Process.StandardOutput.ReadLineAsync());
        daemon.Configure("state: {folder}/state\nroutes:\n  tags:\n    model: ner\n    threads: 0\n    feed: stdin\n    snik: stdout\n");
        daemon.Signal("HUP");
        await daemon.UntilLogAsync("error The new configuration cannot be used (3 problems); the old one stays in force.");
        Assert.Contains($"error {daemon.ConfigPath}:5:14: routes.tags.threads is '0'; expected a whole number from 1 to 256.", daemon.Log, StringComparison.Ordinal);
        Assert.Contains($"error {daemon.ConfigPath}:7:5: routes.tags.snik is no key. Did you mean 'sink'?", daemon.Log, StringComparison.Ordinal);
        await daemon.Process.StandardInput.WriteLineAsync("Berlin");
        await daemon.Process.StandardInput.FlushAsync();
        string? line;
        while ((line = await daemon.Process.StandardOutput.ReadLineAsync()) is not null && !line.StartsWith("Berlin\t", StringComparison.Ordinal))
        {
        }
        File.WriteAllText(Path.Combine(daemon.Folder, "in.txt"), "Paris too .\n");
        daemon.Configure("state: {folder}/state\n" + Tags.TrimEnd()[..^1] + ", more: {model: ner, in: text, feed: '{folder}/in.txt', sink: '{folder}/out.txt'}}\n");
        daemon.Signal("HUP");
        await daemon.UntilLogAsync("Configuration read again: 1 routes go on, more started, none removed.");
        await daemon.UntilLogAsync("Route 'more' has ended: its feed is at its end.");
        daemon.Configure("state: {folder}/elsewhere\n" + Tags);
        daemon.Signal("HUP");
        await daemon.UntilLogAsync($"error {daemon.ConfigPath}:1:8: state has changed, which needs a restart of the daemon.");
        daemon.Configure("state: {folder}/state\n" + Tags);
        daemon.Signal("HUP");
        await daemon.UntilLogAsync("Configuration read again: 1 routes go on, none started, more removed.");

        Assert.Equal(0, await daemon.EndAsync("INT"));
        Assert.StartsWith("Paris\t", File.ReadAllText(Path.Combine(daemon.Folder, "out.txt")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("carry", "[12,18]", "streams go on with what they remember")]
    [InlineData("drain", "[6,8]", "streams that had begun end on the old one")]
    public async Task Reload_takes_another_model_under_live_streams(string policy, string expected, string told)
    {
        using ServedDaemon daemon = new("routes: {sum: {model: '{folder}/model.onnx', in: jsonl, feed: stdin, sink: stdout, swap: " + policy + "}}\n");
        string file = Path.Combine(daemon.Folder, "model.onnx");
        File.Copy(TestModels.Null, file);
        daemon.Start();
        await daemon.UntilLogAsync("Ready:");
        Assert.Equal("{\"step\":0,\"y\":[4,6]}", await AnswerAsync(daemon, "{\"x\":[4,6]}"));
        File.Copy(TestModels.Product, file, overwrite: true);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(2));
        daemon.Signal("HUP");
        await daemon.UntilLogAsync($"Route 'sum' runs the new model in '{file}': {told}.");
        await daemon.UntilLogAsync("Configuration read again: 1 routes go on, none started, none removed.");

        Assert.Equal($"{{\"step\":1,\"y\":{(policy == "carry" ? "[8,12]" : "[6,8]")}}}", await AnswerAsync(daemon, "{\"x\":[2,2]}"));
        File.WriteAllBytes(file, [1, 2, 3]);
        daemon.Signal("HUP");
        await daemon.UntilLogAsync("the old one stays in force.");
        Assert.Equal($"{{\"step\":2,\"y\":{expected}}}", await AnswerAsync(daemon, policy == "carry" ? "{\"x\":[1.5,1.5]}" : "{\"x\":[0,0]}"));
        Assert.Equal(0, await daemon.EndAsync());

        static async Task<string?> AnswerAsync(ServedDaemon daemon, string record)
        {
            await daemon.Process.StandardInput.WriteLineAsync(record);
            await daemon.Process.StandardInput.FlushAsync();
            return await daemon.Process.StandardOutput.ReadLineAsync();
        }
    }

    [Fact]
    public async Task Durable_route_stays_with_the_weights_its_streams_fit()
    {
        using ServedDaemon daemon = new("state: {folder}/state\nroutes: {sum: {model: '{folder}/model.onnx', in: jsonl, feed: stdin, sink: stdout}}\n");
        string file = Path.Combine(daemon.Folder, "model.onnx");
        File.Copy(TestModels.Null, file);
        daemon.Start();
        await daemon.UntilLogAsync("Ready:");
        File.Copy(TestModels.Product, file, overwrite: true);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(2));
        daemon.Signal("HUP");
        await daemon.UntilLogAsync("Route 'sum' stays with its old model: The streams of route 'sum' are kept");

        Assert.Equal(0, await daemon.EndAsync());
    }

    [Fact]
    public async Task Second_signal_ends_at_once()
    {
        using ServedDaemon daemon = new ServedDaemon("routes: {sum: {model: " + TestModels.Null + ", in: jsonl, feed: stdin, sink: stdout}}\n").Start();
        await daemon.UntilLogAsync("Ready:");
        _ = FloodAsync(daemon.Process);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        daemon.Signal("TERM");
        await daemon.UntilLogAsync("Stopping:");
        daemon.Signal("TERM");

        Assert.Equal(143, await daemon.ExitAsync());
    }

    [Fact]
    public async Task Route_that_cannot_deliver_is_cut_off_in_time_and_told()
    {
        using ServedDaemon daemon = new ServedDaemon("routes: {sum: {model: " + TestModels.Null + ", in: jsonl, feed: stdin, sink: stdout}}\n").Start();
        await daemon.UntilLogAsync("Ready:");
        _ = FloodAsync(daemon.Process);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        long start = Stopwatch.GetTimestamp();

        Assert.Equal(1, await daemon.EndAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 8.5, 12);
        Assert.Contains("Stopped after 9 s, but these routes had not delivered everything: sum.", daemon.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("C")]
    [InlineData("tr_TR.UTF-8")]
    public async Task Daemon_needs_no_home_no_temporary_folder_and_no_locale(string locale)
    {
        const string records = "{\"stream\":\"I\",\"x\":[0.5,1234.25]}\n{\"stream\":\"i\",\"x\":[-1e-7,2]}\n";
        string expected = (await Seqstream.RunAsync(records, "run", TestModels.Null)).Output;
        using ServedDaemon daemon = new ServedDaemon("http: 127.0.0.1:0\nlog: {format: json}\nroutes: {sum: {model: " + TestModels.Null + ", feed: stdin, sink: stdout}}\n")
            .Start(new() { ["LANG"] = locale, ["LC_ALL"] = locale, ["TMPDIR"] = "/absent", ["PATH"] = "/usr/bin:/bin", ["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT") }, clears: true);
        await daemon.UntilLogAsync("RouteUp");
        using HttpResponseMessage metrics = await daemon.GetAsync("/metrics");
        Metrics.Check(await metrics.Content.ReadAsStringAsync(), isOpenMetrics: false);
        await daemon.Process.StandardInput.WriteAsync(records);
        daemon.Process.StandardInput.Close();

        Assert.Equal(expected, await daemon.Process.StandardOutput.ReadToEndAsync());
        Assert.Equal(0, await daemon.ExitAsync());
        foreach (string line in daemon.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries)) System.Text.Json.JsonDocument.Parse(line).Dispose();
    }

    /// <summary>What dotnet-counters listens to, taken by the runtime's own recorder.</summary>
    [Fact]
    public async Task Meter_is_seen_from_outside_the_process()
    {
        using ServedDaemon daemon = new(Tags);
        string trace = Path.Combine(daemon.Folder, "trace");
        daemon.Start(new()
        {
            ["DOTNET_EnableEventPipe"] = "1",
            ["DOTNET_EventPipeOutputPath"] = trace,
            ["DOTNET_EventPipeConfig"] = "System.Diagnostics.Metrics:0x2:5:Metrics=SeqStream;RefreshInterval=1;MaxTimeSeries=1000;MaxHistograms=10;SessionId=test",
        });
        await daemon.UntilLogAsync("Ready:");
        await Task.Delay(2500, TestContext.Current.CancellationToken);
        Assert.Equal(0, await daemon.EndAsync());
        byte[] bytes = File.ReadAllBytes(trace);

        foreach (string word in (string[])["seqstream.shard.steps", "seqstream.shard.live_streams", "route=tags"]) Assert.True(bytes.AsSpan().IndexOf(System.Text.Encoding.Unicode.GetBytes(word)) > 0, word);
    }

    [Fact]
    public async Task Journal_gets_priorities()
    {
        using ServedDaemon daemon = new ServedDaemon(Tags).Start(new() { ["JOURNAL_STREAM"] = "8:12345" });
        daemon.Process.StandardInput.Close();

        Assert.Equal(0, await daemon.ExitAsync());
        Assert.Contains("<6>Route 'tags' is up.", daemon.Log.Split('\n'));
    }

    [Fact]
    public async Task Route_that_fails_starts_again_and_says_so()
    {
        using ServedDaemon daemon = new("ready: lazy\nhttp: 127.0.0.1:0\nroutes: {sum: {model: " + TestModels.Null + ", feed: '{folder}/in.jsonl', sink: '{folder}/gone/out.jsonl'}}\n");
        File.WriteAllText(Path.Combine(daemon.Folder, "in.jsonl"), "{\"x\":[1,2]}\n");
        string gone = Path.Combine(daemon.Folder, "gone");
        Directory.CreateDirectory(gone);
        Directory.CreateDirectory(Path.Combine(gone, "out.jsonl"));
        daemon.Start();
        await daemon.UntilLogAsync("Route 'sum' failed: ", times: 2);
        Assert.Contains("Starting it again in ", daemon.Log, StringComparison.Ordinal);
        using (HttpResponseMessage ready = await daemon.GetAsync("/readyz")) Assert.Equal(503, (int)ready.StatusCode);
        using (HttpResponseMessage alive = await daemon.GetAsync("/healthz")) Assert.Equal(200, (int)alive.StatusCode);
        Directory.Delete(Path.Combine(gone, "out.jsonl"));

        Assert.Equal(0, await daemon.ExitAsync());
        Assert.Equal("{\"step\":0,\"y\":[1,2]}\n", File.ReadAllText(Path.Combine(gone, "out.jsonl")));
    }

    [Fact]
    public async Task Route_that_fails_at_start_ends_the_daemon()
    {
        using ServedDaemon daemon = new ServedDaemon("routes: {activity: {model: activity, feed: 'mqtt://u:secret@127.0.0.1:1/in/{stream}?client=c', sink: stdout}}\n").Start();

        Assert.Equal(69, await daemon.ExitAsync());
        Assert.Contains("error Route 'activity' failed: MQTT broker 127.0.0.1:1 cannot be reached: Connection refused.", daemon.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", daemon.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Route_that_comes_with_a_reload_and_cannot_start_is_tried_again()
    {
        using ServedDaemon daemon = new ServedDaemon(Tags).Start();
        await daemon.UntilLogAsync("Ready:");
        daemon.Configure(Tags.TrimEnd()[..^1] + ", more: {model: activity, feed: 'mqtt://127.0.0.1:1/in/{stream}?client=c', sink: stdout}}\n");
        daemon.Signal("HUP");
        await daemon.UntilLogAsync("Route 'more' failed: MQTT broker 127.0.0.1:1 cannot be reached", times: 2);
        await daemon.Process.StandardInput.WriteLineAsync("Berlin is large .");
        daemon.Process.StandardInput.Close();

        Assert.StartsWith("Berlin\t", await daemon.Process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, await daemon.EndAsync());
    }

    [Fact]
    public async Task State_directory_that_is_in_use_is_told()
    {
        using ServedDaemon first = new ServedDaemon("state: {folder}/state\n" + Tags).Start();
        await first.UntilLogAsync("Ready:");
        Seqstream.Outcome second = await Seqstream.RunAsync("", "serve", first.ConfigPath);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"is in use by another process (process {first.Process.Id})", second.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await first.EndAsync());
    }

    private static async Task FloodAsync(Process process)
    {
        try
        {
            for (int i = 0; i < 1_000_000; i++) await process.StandardInput.WriteLineAsync("{\"x\":[1,2]}");
        }
        catch (IOException)
        {
            // The process has ended.
        }
    }
}
