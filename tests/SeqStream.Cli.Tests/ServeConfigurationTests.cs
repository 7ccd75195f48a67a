using SeqStream.Hosting.Catalog;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>What <c>serve</c> says of configurations that cannot be used, and of one that can.</summary>
public sealed class ServeConfigurationTests
{
    [Fact]
    public async Task All_problems_are_told_at_once_with_their_places()
    {
        using ServedDaemon daemon = new("""
            stat: ./state
            http: 0.0.0.0:9464
            routes:
              activity:
                modle: activity
                feed: amqp://u:secret@h/in
                sinks: [stdout, "mqtt://u:secret@h:1883/out?payload=csv"]
                threads: many
                idle: {after: 5x}
              other:
                model: activty
                feed: stdin
                sink: stdout
                in: jsnl
                on-error: restrat
            """);
        Seqstream.Outcome run = await Seqstream.RunAsync("", "serve", daemon.ConfigPath);
        string[] lines = run.Errors.Replace($"seqstream: {daemon.ConfigPath}:", "", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(78, run.ExitCode);
        Assert.Equal(
        [
            "1:1: stat is no key. Did you mean 'state'? Keys here: state, http, ready, log, mqtt, routes.",
            "2:7: http is '0.0.0.0:9464'; health and metrics are answered on this machine only. Use 127.0.0.1 or [::1], and a proxy with TLS and a token for others.",
            "4:3: routes.activity.model is missing; expected a name that 'seqstream models' lists, a model folder, or an .onnx file.",
            "5:5: routes.activity.modle is no key. Did you mean 'model'? Keys here: model, feed, in, stream-field, pass-through, out, executor, device, lookahead, weights, window, dimensions, constants, durable, threads, batch, wait, on-error, sinks, sink, swap, swap-frames, sound, commit, idle, on-lost-state, overflow, clock.",
            "6:11: routes.activity.feed: it begins with 'amqp://'; expected stdin, a file, or a broker (mqtt, mqtts, ws, wss).",
        ], lines[..5]);
        Assert.StartsWith("7:21: routes.activity.sinks: 'mqtt://h:1883/out' cannot be used: 'payload' is no option. Known are ", lines[5], StringComparison.Ordinal);
        Assert.Equal(
        [
            "8:14: routes.activity.threads is 'many'; expected a whole number from 1 to 256.",
            "9:19: routes.activity.idle.after is '5x'; expected a duration from 1ms to 3650d, such as 500ms, 30s, 15m, 1h or 7d.",
            $"11:12: routes.other.model: There is no model 'activty'. Did you mean 'activity'? Known models: {string.Join(", ", ModelCatalog.Find().Names())}.",
            "14:9: routes.other.in is 'jsnl'; expected text or tokens or jsonl or csv or f32 or gray or wav or s16le or s24le or s32le or u8 or f32le or f64le or mulaw or alaw. Did you mean 'jsonl'?",
            "15:15: routes.other.on-error is 'restrat'; expected restart or stop. Did you mean 'restart'?",
        ], lines[6..]);
        Assert.DoesNotContain("secret", run.Errors, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    public static TheoryData<string, string> Single() => new()
    {
        { "routes:\n  a: b: c\n", "2:7: this is no YAML: while scanning a plain scalar value, found invalid mapping. Check the indentation, the blank after each colon, and quotes." },
        { "routes:\n  a: [1,\n", "3:1: this is no YAML: while parsing a node, did not find expected node content. Check the indentation, the blank after each colon, and quotes." },
        { "", "1:1: routes is missing; expected at least one route, a name with model, feed and sinks below it." },
        { "routes:\n", "1:1: routes is missing; expected at least one route, a name with model, feed and sinks below it." },
        { "- a\n", "1:1: expected keys with values, such as 'routes:'." },
        { "routes:\n  Ä: {model: ner, feed: stdin, sink: stdout}\n", "2:3: 'Ä' names no route; expected 1 to 64 letters a-z, digits, '-', '_' or '.', with a letter or digit first." },
        { "routes: {a: {model: ner, feed: stdin, sink: stdout}}\n---\nb: 1\n", "2:1: a second document begins here; a configuration is one document. Remove the line '---' and what follows." },
        { "routes:\n  a:\n    model: &m ner\n    feed: stdin\n    sink: stdout\n", "3:12: '&m' is an anchor, which a configuration does not need. Remove it." },
        { "routes: {a: {model: ner, model: ner, feed: stdin, sink: stdout}}\n", "1:26: 'model' stands here a second time; the first is in line 1. Keep one of them." },
        { "routes: {a: {model: ner, feed: stdin, sink: stdout, durable: true}}\n", "1:62: routes.a.durable is true, but no state directory is named. Add the top-level key 'state', or leave it out." },
        { "routes: {a: {model: ner, feed: stdin, sink: stdout, device: cuda, executor: native}}\n", "1:61: routes.a.device: The native executor runs on 'cpu' only, but the device asked for is 'cuda'. Leave out device, or use executor: onnxruntime." },
        { "routes: {a: {model: ner, feed: stdin, sink: stdout, out: f32}}\n", "1:45: routes.a.sinks: Output format 'f32' holds numbers only, but model 'ner' answers with its decoder 'bio-tags'. Use out: text, csv or jsonl." },
        { "routes: {a: {model: ner, feed: absent.txt, sink: stdout}}\n", "1:32: routes.a.feed: the file 'absent.txt' is absent; expected stdin, a file that is there, or a broker (mqtt, mqtts, ws, wss)." },
        { "state: s\nroutes: {a: {model: activity, feed: \"mqtt://u:secret@h/{stream}?overflow=drop-newest\", sink: stdout}}\n", "2:37: routes.a.feed: the feed drops messages (overflow=drop-newest), but a durable route promises to lose none. Use overflow=wait, or durable: false." },
        { "routes:\n  a: {model: activity, feed: \"mqtt://h/{stream}?client=c\", sink: stdout}\n  b: {model: activity, feed: \"mqtt://h/{stream}?client=c\", sink: stdout}\n", "3:30: client 'c' at h:1883 is used by route 'a' already; a broker lets only one connection have the name. Use another." },
        { "mqtt: {password-file: /absent/secret}\nroutes: {a: {model: ner, feed: stdin, sink: stdout}}\n", "1:23: mqtt.password-file is '/absent/secret', which is absent or may not be read. Correct the path or the file's rights." },
        { "http: 127.0.0.1\nroutes: {a: {model: ner, feed: stdin, sink: stdout}}\n", "1:7: http is '127.0.0.1'; expected an address with a port, such as 127.0.0.1:9464." },
        { "log: {level: inf}\nroutes: {a: {model: ner, feed: stdin, sink: stdout}}\n", "1:14: log.level is 'inf'; expected debug or information or warning or error. Did you mean 'information'?" },
        { "routes: {a: {model: ner, feed: stdin, sink: stdout, dimensions: {x: 0}}}\n", "1:69: routes.a.dimensions.x is '0'; expected a whole number from 1 to 2147483647." },
    };

    [Theory]
    [MemberData(nameof(Single))]
    public async Task Problem_is_told_with_place_and_remedy(string configuration, string message)
    {
        using ServedDaemon daemon = new(configuration);
        Seqstream.Outcome run = await Seqstream.RunAsync("", "serve", "--check", daemon.ConfigPath);

        Assert.Equal($"seqstream: {daemon.ConfigPath}:{message}\n", run.Errors);
        Assert.Equal(78, run.ExitCode);
    }

    [Fact]
    public async Task Environment_lies_over_the_file_and_flags_over_both()
    {
        using ServedDaemon daemon = new("http: 127.0.0.1:0\nroutes:\n  tags:\n    model: activty\n    feed: stdin\n");
        daemon.Start(new() { ["SEQSTREAM__http"] = "127.0.0.1", ["SEQSTREAM__ROUTES__TAGS__MODEL"] = "ner", ["SEQSTREAM__routes__tags__sinks__0"] = "stdout", ["SEQSTREAM__routes__tags__stream_field"] = "id" }, false, "--check", "--http", "127.0.0.1:0");

        Assert.Equal(0, await daemon.ExitAsync());
        Assert.Equal($"{daemon.ConfigPath} is right: tags (ner)\n", await daemon.Process.StandardOutput.ReadToEndAsync());
    }

    [Fact]
    public async Task Problems_of_variables_and_flags_are_told_by_their_names()
    {
        using ServedDaemon daemon = new("routes: {tags: {model: ner, feed: stdin, sink: stdout}}\n");
        daemon.Start(new() { ["SEQSTREAM__routes__tags__threads"] = "0", ["SEQSTREAM__rouets__tags__model"] = "ner" }, false, "--http", "10.0.0.1:1");

        Assert.Equal(78, await daemon.ExitAsync());
        Assert.Contains("seqstream: SEQSTREAM__routes__tags__threads: routes.tags.threads is '0'; expected a whole number from 1 to 256.", daemon.Log, StringComparison.Ordinal);
        Assert.Contains("seqstream: SEQSTREAM__rouets__tags__model: rouets is no key. Did you mean 'routes'?", daemon.Log, StringComparison.Ordinal);
        Assert.Contains("seqstream: --http: http is '10.0.0.1:1'; health and metrics", daemon.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configuration_that_is_absent_is_told()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "serve", "/absent/seqstream.yaml");

        Assert.Equal(78, run.ExitCode);
        Assert.Equal("seqstream: /absent/seqstream.yaml: the file is absent. Give the path of a configuration in YAML.\n", run.Errors);
    }

    [Fact]
    public async Task Installed_configuration_and_the_one_of_the_readme_are_right()
    {
        string text = File.ReadAllText(Path.Combine(SharedFolder.Repository, "README.md")).Split("```yaml\n")[1].Split("```")[0];
        using ServedDaemon daemon = new(text);
        Seqstream.Outcome shown = await Seqstream.RunAsync("", "serve", "--check", daemon.ConfigPath);
        Seqstream.Outcome installed = await Seqstream.RunAsync("", "serve", "--check", "tools/install/seqstream.yaml");

        Assert.Equal("", shown.Errors);
        Assert.Equal("", installed.Errors);
        Assert.Equal("tools/install/seqstream.yaml is right: activity (activity)\n", installed.Output);
    }
}
