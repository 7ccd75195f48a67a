using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary><c>run</c> beside a real mosquitto, with mosquitto_pub and mosquitto_sub.</summary>
public sealed class BrokerTests
{
    private const string Reading = "[39.25,0.43,22.75,0.43,33.75,1.30]";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_the_readme_shows_works_with_a_stock_broker()
    {
        using Mosquitto broker = Mosquitto.Start();
        string[] lines = File.ReadAllText(Path.Combine(SharedFolder.Repository, "README.md")).Split("```bash\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["seqstream", "mosquitto_sub", "mosquitto_pub"], lines.Select(static line => line.Split(' ')[0]));
        using Process run = Shell(lines[0], broker);
        using Process sub = Shell(lines[1], broker);
        string? answer = await AnswerAsync(sub, () => Shell(lines[2], broker));
        Assert.StartsWith("activity/ada {\"stream\":\"ada\",\"step\":0,\"label\":\"", answer, StringComparison.Ordinal);
        await EndAsync(run, "INT", 130);
        sub.Kill();

        Assert.DoesNotContain(" at ", await run.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", "json", Reading)]
    [InlineData("3.1.1", "csv", "39.25,0.43,22.75,0.43,33.75,1.30")]
    public async Task Answers_are_those_of_the_filter(string version, string payload, string record)
    {
        using Mosquitto broker = Mosquitto.Start();
        string filter = (await Seqstream.RunAsync(string.Concat(Enumerable.Repeat($"{{\"stream\":\"ada\",\"x\":{Reading}}}\n", 3)), "run", "activity", "--in", "jsonl", "--out", "jsonl")).Output;
        using Process sub = broker.Open("mosquitto_sub", "-t", "out/ada", "-C", "3", "-W", "30", "-q", "1");
        using Process run = Seqstream.Start("run", "activity", "--feed", $"{broker.Uri}/in/{{stream}}?client=r&version={version}&payload={payload}", "--sink", $"{broker.Uri}/out/{{stream}}?version={version}");
        await broker.UntilSubscribedAsync("r");
        for (int i = 0; i < 3; i++) broker.Command("mosquitto_pub", "-q", "1", "-t", "in/ada", "-m", record);
        string answers = await sub.StandardOutput.ReadToEndAsync().WaitAsync(s_patience);
        await EndAsync(run, "TERM", 143);

        Assert.Equal(filter, answers);
    }

    [Fact]
    public async Task What_is_sent_while_nobody_runs_is_answered_later_and_nothing_twice()
    {
        using Mosquitto broker = Mosquitto.Start("allow_anonymous true\npersistence true\npersistence_location {folder}/");
        string feed = $"{broker.Uri}/in/{{stream}}?client=keeper";
        using (Process first = Seqstream.Start("run", "activity", "--feed", feed))
        {
            await broker.UntilSubscribedAsync("keeper");
            broker.Command("mosquitto_pub", "-q", "1", "-t", "in/ada", "-m", Reading);
            Assert.Contains("\"step\":0", await first.StandardOutput.ReadLineAsync().WaitAsync(s_patience), StringComparison.Ordinal);
            await EndAsync(first, "TERM", 143);
        }
        for (int i = 0; i < 5; i++) broker.Command("mosquitto_pub", "-q", "1", "-t", $"in/s{i}", "-m", Reading);
        broker.Restart();
        using Process second = Seqstream.Start("run", "activity", "--feed", feed);
        List<string> streams = [];
        for (int i = 0; i < 5; i++)
        {
            using JsonDocument answer = JsonDocument.Parse((await second.StandardOutput.ReadLineAsync().WaitAsync(s_patience))!);
            streams.Add(answer.RootElement.GetProperty("stream").GetString()!);
        }
        await EndAsync(second, "TERM", 143);

        Assert.Equal(["s0", "s1", "s2", "s3", "s4"], streams);
        Assert.Equal("", await second.StandardOutput.ReadToEndAsync());
    }

    [Fact]
    public async Task Process_that_is_killed_before_it_could_answer_leaves_the_message_to_the_next()
    {
        using Mosquitto broker = Mosquitto.Start();
        string[] arguments = ["run", "activity", "--feed", $"{broker.Uri}/in/{{stream}}?client=killed", "--sink", $"{broker.Uri}/out/{{stream}}"];
        using (Process first = Seqstream.Start(arguments))
        {
            await broker.UntilSubscribedAsync("killed");
            Mosquitto.Signal(first.Id, "STOP");
            broker.Command("mosquitto_pub", "-q", "1", "-t", "in/ada", "-m", Reading);
            first.Kill();
            await first.WaitForExitAsync();
        }
        using Process sub = broker.Open("mosquitto_sub", "-t", "out/#", "-C", "1", "-W", "30");
        using Process second = Seqstream.Start(arguments);
        string answers = await sub.StandardOutput.ReadToEndAsync().WaitAsync(s_patience);
        await EndAsync(second, "INT", 130);

        Assert.StartsWith("{\"stream\":\"ada\",\"step\":0,", answers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_message_is_told_with_its_topic_and_the_rest_goes_on()
    {
        using Mosquitto broker = Mosquitto.Start();
        using Process run = Seqstream.Start("run", "activity", "--feed", $"{broker.Uri}/in/{{stream}}?client=bad");
        await broker.UntilSubscribedAsync("bad");
        foreach (string record in (string[])["[1,2]", "hello", "[1,2,3,4,5,1e999]", Reading]) broker.Command("mosquitto_pub", "-q", "1", "-t", "in/ada", "-m", record);
        Assert.Contains("\"step\":0", await run.StandardOutput.ReadLineAsync().WaitAsync(s_patience), StringComparison.Ordinal);
        await EndAsync(run, "TERM", 143);
        string errors = await run.StandardError.ReadToEndAsync();

        Assert.Contains($"seqstream: {broker.Uri}/in/{{stream}}:1: found 2 numbers, expected 6 numbers", errors, StringComparison.Ordinal);
        Assert.Contains($"seqstream: {broker.Uri}/in/{{stream}}:2: topic 'in/ada': not JSON at line 1, byte 1. Expected an array of numbers or an object", errors, StringComparison.Ordinal);
        Assert.Contains("topic 'in/ada': 'x', number 6: found", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_file_lets_in_and_no_password_is_told()
    {
        using Mosquitto broker = Mosquitto.Start("allow_anonymous false\npassword_file {folder}/passwords", static folder =>
        {
            using Process passwords = Process.Start(Mosquitto.Find("mosquitto_passwd")!, ["-b", "-c", Path.Combine(folder, "passwords"), "us er", "secr:et"]);
            passwords.WaitForExit();
            File.WriteAllText(Path.Combine(folder, "password"), "secr:et\n");
        });
        string[] arguments = ["run", "activity", "--feed", $"{broker.Uri}/in/{{stream}}?client=pw"];
        using Process run = Seqstream.Start([.. arguments, "--mqtt-user", "us er", "--mqtt-password-file", Path.Combine(broker.Folder, "password")]);
        await broker.UntilSubscribedAsync("pw");
        await EndAsync(run, "TERM", 143);
        Seqstream.Outcome refused = await Seqstream.RunAsync("", [.. arguments, "--mqtt-user", "us er"]);

        Assert.Equal(69, refused.ExitCode);
        Assert.Equal($"seqstream: MQTT broker 127.0.0.1:{broker.Port} refused the connection: this client may not do that (0x87, not-authorized). Correct the credentials or the broker's access list.\n", refused.Errors);
    }

    public static TheoryData<string[], int, string> Refusals() => new()
    {
        { ["--feed", "mqtt://u:secret@127.0.0.1:1/in/{stream}?client=c"], 69, "seqstream: MQTT broker 127.0.0.1:1 cannot be reached: Connection refused. Check address and port, and that the broker runs.\n" },
        { ["--feed", "stdin", "--sink", "mqtt://u:secret@127.0.0.1:1/out"], 69, "seqstream: MQTT broker 127.0.0.1:1 cannot be reached: Connection refused. Check address and port, and that the broker runs.\n" },
        { ["--feed", "mqtt://u:secret@h/in/{stream}", "--in", "csv"], 2, "seqstream: --in is 'csv', but --feed is a broker: its URI names the payload's, as in payload=csv. Leave --in out.\n" },
        { ["--sink", "mqtt://u:secret@h/out", "--out", "text"], 2, "seqstream: --out is 'text', but --sink is a broker: emissions are published as JSON. Leave --out out.\n" },
        { ["--feed", "amqp://u:secret@h/in"], 2, "seqstream: --feed begins with 'amqp://': this version knows stdin, files, and brokers (mqtt, mqtts, ws, wss).\n" },
        { ["--feed", "mqtt://u:secret@h:1883/$share/g/in"], 2, "seqstream: 'mqtt://h:1883/$share/g/in' cannot be used: The topic pattern '$share/g/in' cannot be used: a shared subscription ($share) spreads the messages of one stream over several clients, so that no memory would see all of them in order. Subscribe without it, one client for all streams of a model.\n" },
        { ["--sink", "mqtt://u:secret@h:1883/out?payload=csv"], 2, "seqstream: 'mqtt://h:1883/out' cannot be used: 'payload' is no option." },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_cannot_be_used_is_told_without_the_password(string[] arguments, int exitCode, string message)
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", ["run", "activity", .. arguments]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith(message, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.Errors, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    /// <summary>A line as a shell takes it, with the broker's port instead of the usual one.</summary>
    private static Process Shell(string line, Mosquitto broker)
    {
        string port = broker.Port.ToString(CultureInfo.InvariantCulture);
        string here = "exec " + line.Replace(":1883/", $":{port}/", StringComparison.Ordinal)
            .Replace("mosquitto_sub ", $"mosquitto_sub -p {port} ", StringComparison.Ordinal).Replace("mosquitto_pub ", $"mosquitto_pub -p {port} ", StringComparison.Ordinal);
        ProcessStartInfo shell = new("/bin/bash", ["-c", here]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = SharedFolder.Repository };
        shell.Environment["PATH"] = $"{Path.GetDirectoryName(Seqstream.Path)}:{Environment.GetEnvironmentVariable("PATH")}";
        return Process.Start(shell)!;
    }

    /// <summary>Sends until there is an answer, because nobody says when all have subscribed.</summary>
    private static async Task<string?> AnswerAsync(Process sub, Func<Process> send)
    {
        Task<string?> answer = sub.StandardOutput.ReadLineAsync();
        for (int attempt = 0; attempt < 100 && !answer.IsCompleted; attempt++)
        {
            using Process sending = send();
            await sending.WaitForExitAsync();
            await Task.WhenAny(answer, Task.Delay(200));
        }
        return await answer.WaitAsync(s_patience);
    }

    private static async Task EndAsync(Process process, string signal, int exitCode)
    {
        Mosquitto.Signal(process.Id, signal);
        await process.WaitForExitAsync().WaitAsync(s_patience);
        Assert.Equal(exitCode, process.ExitCode);
    }
}
