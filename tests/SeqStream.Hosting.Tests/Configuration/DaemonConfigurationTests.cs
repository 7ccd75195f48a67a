using SeqStream.Pipeline;
using Microsoft.Extensions.Logging;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Configuration;

namespace SeqStream.Hosting.Tests.Configuration;

public sealed class DaemonConfigurationTests
{
    private const string Whole = """
        state: /var/lib/x
        http: "[::1]:9464"
        ready: lazy
        log: { level: warning, format: json }
        mqtt: { user: u }
        routes:
          a.B-1:
            model: m.onnx
            executor: onnxruntime
            device: cuda
            lookahead: 3
            weights: int8
            dimensions: { batch: 2 }
            constants: { sr: -16000 }
            feed: stdin
            in: jsonl
            stream-field: id
            pass-through: true
            sinks: [ stdout, f ]
            out: csv
            durable: true
            commit: { interval: 250ms, receipts: 10 }
            idle: { after: 1.5h, then: hibernate }
            threads: 4
            batch: 64
            wait: 2ms
            on-error: stop
        """;

    [Fact]
    public void Every_key_is_read()
    {
        DaemonOptions options = Read(Whole);
        RouteOptions route = Assert.Single(options.Routes);

        Assert.Equal(("/var/lib/x", "[::1]:9464", ReadyRule.Lazy, LogLevel.Warning, LogForm.Json, "u"), (options.StateDirectory, options.Http!.ToString(), options.Ready, options.LogLevel, options.LogForm, options.BrokerUser));
        Assert.Equal(("a.B-1", "m.onnx", ExecutorKind.OnnxRuntime, "cuda", 3), (route.Name, route.Model, route.Load.Executor, route.Load.Device, route.Load.LookAhead));
        Assert.Equal(SeqStream.Weights.WeightForm.Int8, route.Load.Weights);
        Assert.Equal((2, -16000L), (route.Load.Dimensions["batch"], route.Load.Constants["sr"]));
        Assert.Equal(("stdin", "jsonl", "id", true, "csv"), (route.Feed, route.InputFormat, route.StreamField, route.PassThrough, route.OutputFormat));
        Assert.Equal(["stdout", "f"], route.Sinks);
        Assert.Equal((true, 0.25, 10, 5400.0), (route.IsDurable, route.CommitInterval.TotalSeconds, route.CommitReceipts, route.HibernateAfter.TotalSeconds));
        Assert.Equal((4, 64, 2.0, FailureRule.Stop), (route.Threads, route.MaxBatch, route.MaxWait.TotalMilliseconds, route.OnError));
    }

    [Fact]
    public void What_happens_to_frames_on_their_way_is_read()
    {
        RouteOptions route = Assert.Single(Read("""
            routes:
              a:
                model: m
                feed: stdin
                sinks: [ stdout ]
                overflow: drop-oldest
                clock: { hz: 2.5, gap: fill, reorder: 8, late: accept }
                idle: { after: 15m, then: end }
            """).Routes);

        Assert.Equal((OverflowPolicy.DropOldest, TimeSpan.FromSeconds(0.4), GapPolicy.Fill), (route.Overflow, route.Gaps.Clock, route.Gaps.Policy));
        Assert.Equal((8, LatePolicy.Accept), (route.Order.Window, route.Order.Late));
        Assert.Equal((TimeSpan.FromMinutes(15), TimeSpan.Zero), (route.EndAfter, route.HibernateAfter));
    }

    [Theory]
    [InlineData("overflow: drop-newest", "routes.a.overflow would drop frames, but the route keeps its streams and promises to lose none. Use wait, or set 'durable: false'.")]
    [InlineData("clock: { hz: 0 }", "routes.a.clock.hz is '0'; expected a number from 0.0001 to 100000.")]
    [InlineData("clock: { gap: fill }", "routes.a.clock.gap is 'fill', but the store does not keep the frame that would be filled in. Use hold or reset, or set 'durable: false' for the route.")]
    [InlineData("clock: { gap: keep }", "routes.a.clock.gap is 'keep'; expected hold or reset or fill.")]
    [InlineData("idle: { after: 1h, then: end }", "routes.a.idle.then is 'end', but the route keeps its streams. Use hibernate, or set 'durable: false'.")]
    [InlineData("durable: false\n    idle: { after: 1h, then: hibernate }", "routes.a.idle.then is 'hibernate', but the route keeps no streams. Name a state directory with the top-level key 'state', or use end.")]
    public void What_frames_cannot_have_is_refused(string keys, string problem)
    {
        ConfigurationException refusal = Assert.Throws<ConfigurationException>(() => Read($"state: /var/lib/x\nroutes:\n  a:\n    model: m\n    feed: stdin\n    sinks: [ stdout ]\n    {keys}\n"));
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Order_and_form_do_not_change_a_fingerprint_and_values_do()
    {
        string plain = "routes:\n  a:\n    model: m\n    feed: stdin\n    sinks: [stdout]\n";
        string other = "# text\nroutes: {a: {feed: 'stdin', sinks: [ stdout ], \"model\": m}}\n";

        Assert.Equal(Fingerprint(plain), Fingerprint(other));
        Assert.NotEqual(Fingerprint(plain), Fingerprint(plain + "    threads: 2\n"));
        Assert.NotEqual(Fingerprint(plain), Fingerprint("state: s\n" + plain));
        Assert.NotEqual(Fingerprint(plain), Fingerprint("mqtt: {user: u}\n" + plain));

        static string Fingerprint(string text) => Read(text).Routes[0].Fingerprint;
    }

    /// <summary>Variables reach every level, whatever their letters' case, and hyphens are underscores there.</summary>
    [Fact]
    public void Variables_lie_over_the_file()
    {
        DaemonOptions options = Read(Whole, ("SEQSTREAM__ROUTES__A.B_1__MODEL", "n.onnx"), ("SEQSTREAM__routes__a.B-1__sinks__1", "g"), ("SEQSTREAM__routes__a.B-1__sinks__2", "h"), ("SEQSTREAM__routes__a.B-1__on_error", "restart"),
            ("SEQSTREAM__routes__New__model", "x"), ("SEQSTREAM__routes__New__feed", "f"), ("SEQSTREAM__routes__New__sink", "stdout"), ("SEQSTREAM__state", ""), ("SEQSTREAM_MODELS", "ignored"), ("SEQSTREAM__routes__a.B-1__durable", "false"), ("SEQSTREAM__routes__a.B-1__commit", ""), ("SEQSTREAM__routes__a.B-1__idle", ""));
        RouteOptions route = options.Routes[0];

        Assert.Equal(("n.onnx", FailureRule.Restart), (route.Model, route.OnError));
        Assert.Equal(["stdout", "g", "h"], route.Sinks);
        Assert.Null(options.StateDirectory);
        Assert.Equal(("New", "x", false), (options.Routes[1].Name, options.Routes[1].Model, options.Routes[1].IsDurable));
    }

    [Fact]
    public void Damaged_files_are_refused_and_nothing_else_happens()
    {
        Random random = new(4);
        string[] pieces = ["{", "}", "[", "]", ":", "\n", "  ", "- ", "&a ", "*a", "'", "\"", "|", ">", "#", "\t", "!x ", "%", "---\n", "\0", "é", "routes", "9999999999999999999", "\\x", "? "];
        int refused = 0;
        for (int round = 0; round < 3000; round++)
        {
            string text = Whole;
            for (int edits = random.Next(1, 6); edits > 0; edits--)
            {
                int at = random.Next(text.Length), count = random.Next(Math.Min(12, text.Length - at));
                text = text[..at] + pieces[random.Next(pieces.Length)] + text[(at + count)..];
            }
            try
            {
                Read(text);
            }
            catch (ConfigurationException refusal)
            {
                Assert.NotEmpty(refusal.Problems);
                refused++;
            }
        }
        Assert.InRange(refused, 1000, 3000);
    }

    [Theory]
    [InlineData("a: [", 100_000, "]")]
    [InlineData("{a: ", 100_000, "}")]
    [InlineData("- ", 100_000, "")]
    [InlineData("x, ", 400_000, "")]
    public void Bombs_are_refused(string piece, int times, string end)
    {
        string text = (piece == "x, " ? "routes: [" : "") + string.Concat(Enumerable.Repeat(piece, times)) + string.Concat(Enumerable.Repeat(end, times)) + (piece == "x, " ? "x]" : "");

        Assert.Throws<ConfigurationException>(() => Read(text));
    }

    [Fact]
    public void Laughing_aliases_are_refused()
    {
        string text = "a: &a [x, x]\n" + string.Concat(Enumerable.Range(0, 20).Select(static i => $"{(char)('b' + i)}: &{(char)('b' + i)} [*{(char)('a' + i)}, *{(char)('a' + i)}]\n"));

        Assert.Contains(Assert.Throws<ConfigurationException>(() => Read(text)).Problems, static problem => problem.Problem == "'&a' is an anchor, which a configuration does not need. Remove it.");
    }

    private static DaemonOptions Read(string text, params (string Name, string Value)[] variables)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            return DaemonConfiguration.Read(path, variables.Select(static variable => KeyValuePair.Create(variable.Name, variable.Value)), []);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
