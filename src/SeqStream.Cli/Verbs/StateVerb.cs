using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SeqStream.Cli.Output;
using SeqStream.Pipeline.Checkpoints;
using SeqStream.State;

namespace SeqStream.Cli.Verbs;

/// <summary><c>state list|show|export|import|remove</c>: what a state directory holds, and how a stream moves to another machine.</summary>
internal static class StateVerb
{
    private const int MostLineBytes = 64 << 20;
    private static readonly OutputOptions s_output = new();
    private static readonly Option<string> s_directory = new("--state-dir") { Description = "The state directory.", HelpName = "DIR", Required = true };
    private static readonly Option<string?> s_route = new("--route") { Description = "Only this route; for import: the route to import into.", HelpName = "NAME" };
    private static readonly Argument<string[]> s_streams = new("STREAM") { Description = "Names of streams; none for all.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Argument<string> s_one = new("STREAM") { Description = "Name of the stream." };

    public static Command Create()
    {
        Command verb = new("state", "Show, move and remove streams that were kept with --state-dir.");
        verb.Subcommands.Add(Part("list", "List the stored streams.", s_streams, List));
        verb.Subcommands.Add(Part("show", "Show one stored stream.", s_one, Show));
        verb.Subcommands.Add(Part("export", "Write stored streams to stdout, one JSON record each.", s_streams, Export));
        verb.Subcommands.Add(Part("import", "Read from stdin what 'export' wrote.", null, Import));
        verb.Subcommands.Add(Part("remove", "Forget one stored stream.", s_one, Remove));
        return verb;
    }

    private static Command Part(string name, string description, Argument? argument, Func<ParseResult, SqliteCheckpointStore, int> action)
    {
        Command part = new(name, description);
        if (argument is not null) part.Arguments.Add(argument);
        part.Options.Add(s_directory);
        part.Options.Add(s_route);
        s_output.AddTo(part);
        part.SetAction(parsed =>
        {
            string directory = parsed.GetValue(s_directory)!;
            if (name != "import" && !SqliteCheckpointStore.Exists(directory)) throw new DirectoryNotFoundException($"'{directory}' is no state directory: it has no file '{SqliteCheckpointStore.FileName}'. Name the one that 'run --state-dir' was given.");
            using SqliteCheckpointStore store = new(directory);
            return action(parsed, store);
        });
        return part;
    }

    private static int List(ParseResult parsed, SqliteCheckpointStore store)
    {
        List<(string Route, StreamRecordSummary Summary)> streams = [.. Chosen(parsed, store, parsed.GetValue(s_streams)!).Select(found => (found.Route, StreamRecord.Summarize(found.Record)))];
        if (s_output.Json(parsed))
        {
            JsonOutput.Write(json =>
            {
                json.WriteStartArray();
                foreach ((string route, StreamRecordSummary summary) in streams) WriteSummary(json, route, summary);
                json.WriteEndArray();
            });
            return ExitCode.Ok;
        }
        TextTable table = new("route", "stream", "steps", "model", "bytes");
        foreach ((string route, StreamRecordSummary summary) in streams) table.Add(route, Clean(summary.Name), Number(summary.Steps), Hex(summary.Model), Number(summary.Bytes));
        table.Write();
        return ExitCode.Ok;
    }

    private static int Show(ParseResult parsed, SqliteCheckpointStore store)
    {
        (string route, byte[] record) = One(parsed, store);
        StreamRecordSummary summary = StreamRecord.Summarize(record);
        if (s_output.Json(parsed))
        {
            JsonOutput.Write(json => WriteSummary(json, route, summary));
            return ExitCode.Ok;
        }
        TextTable table = new("what", "value");
        table.Add("route", route);
        table.Add("stream", Clean(summary.Name));
        table.Add("steps", Number(summary.Steps));
        table.Add("place in the source", Number(summary.Position));
        table.Add("model", Hex(summary.Model));
        table.Add("state layout", Hex(summary.Layout));
        table.Add("bytes of state", Number(summary.RowBytes));
        table.Add("bytes stored", Number(summary.Bytes));
        table.Write();
        return ExitCode.Ok;
    }

    private static int Export(ParseResult parsed, SqliteCheckpointStore store)
    {
        using Stream output = StandardOutput.Open();
        ArrayBufferWriter<byte> line = new();
        foreach ((string route, byte[] record) in Chosen(parsed, store, parsed.GetValue(s_streams)!))
        {
            StreamRecordSummary summary = StreamRecord.Summarize(record);
            line.ResetWrittenCount();
            using (Utf8JsonWriter json = new(line))
            {
                json.WriteStartObject();
                WriteMembers(json, route, summary);
                json.WriteBase64String("record", record);
                json.WriteEndObject();
            }
            line.Write("\n"u8);
            output.Write(line.WrittenSpan);
        }
        output.Flush();
        return ExitCode.Ok;
    }

    private static int Import(ParseResult parsed, SqliteCheckpointStore store)
    {
        using StreamReader input = new(Console.OpenStandardInput(), new UTF8Encoding(false, throwOnInvalidBytes: true));
        Dictionary<string, Checkpoint> routes = [];
        int number = 0;
        while (input.ReadLine() is { } line)
        {
            number++;
            if (line.Length > 0) Take(line, number, parsed.GetValue(s_route), routes);
        }
        store.Commit([.. routes.Values], []);
        new Notices(s_output.Quiet(parsed)).Write(string.Create(CultureInfo.InvariantCulture, $"{routes.Values.Sum(static route => route.Count)} streams were imported"));
        return ExitCode.Ok;
    }

    private static void Take(string line, int number, string? route, Dictionary<string, Checkpoint> routes)
    {
        try
        {
            if (line.Length > MostLineBytes) throw new InvalidDataException($"the line has more than {MostLineBytes} characters");
            using JsonDocument json = JsonDocument.Parse(line);
            byte[] bytes = json.RootElement.GetProperty("record").GetBytesFromBase64();
            route ??= json.RootElement.GetProperty("route").GetString() ?? throw new InvalidDataException("'route' is null");
            StreamRecordSummary summary = StreamRecord.Summarize(bytes);
            StateWriter record = new();
            record.Append(bytes);
            if (!routes.TryGetValue(route, out Checkpoint? checkpoint)) routes[route] = checkpoint = new Checkpoint { Route = route };
            checkpoint.Store(Encoding.UTF8.GetBytes(summary.Name), record, StreamRecord.IsBusy(bytes));
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or StateSnapshotException)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"stdin:{number}: {fault.Message.TrimEnd('.')}. Expected a line that 'seqstream state export' wrote; nothing was imported."), fault);
        }
    }

    private static int Remove(ParseResult parsed, SqliteCheckpointStore store)
    {
        (string route, byte[] record) = One(parsed, store);
        Checkpoint checkpoint = new() { Route = route };
        checkpoint.Remove(Encoding.UTF8.GetBytes(StreamRecord.Summarize(record).Name));
        store.Commit([checkpoint], []);
        return ExitCode.Ok;
    }

    private static (string Route, byte[] Record) One(ParseResult parsed, SqliteCheckpointStore store)
    {
        string name = parsed.GetValue(s_one)!;
        List<(string Route, byte[] Record)> found = Chosen(parsed, store, [name]);
        return found.Count == 1 ? found[0] : throw new UsageException($"stream '{name}' is stored by several routes: {string.Join(", ", found.Select(static one => one.Route))}. Choose one with --route.");
    }

    /// <summary>The stored streams of the routes and names asked for.</summary>
    private static List<(string Route, byte[] Record)> Chosen(ParseResult parsed, SqliteCheckpointStore store, string[] names)
    {
        IReadOnlyList<string> routes = parsed.GetValue(s_route) is { } one ? [one] : store.Routes();
        HashSet<string> missing = [.. names];
        StateWriter record = new();
        List<(string, byte[])> found = [];
        foreach (string route in routes)
        {
            foreach (byte[] name in names.Length == 0 ? store.Streams(route) : [.. names.Select(Encoding.UTF8.GetBytes)])
            {
                if (!store.TryRead(route, name, record)) continue;
                missing.Remove(Encoding.UTF8.GetString(name));
                found.Add((route, record.Written.ToArray()));
            }
        }
        if (missing.Count > 0) throw new UsageException($"no stored stream is named {string.Join(", ", missing.Order(StringComparer.Ordinal).Select(static name => $"'{name}'"))}. 'seqstream state list' names those that are.");
        return found;
    }

    private static void WriteSummary(Utf8JsonWriter json, string route, StreamRecordSummary summary)
    {
        json.WriteStartObject();
        WriteMembers(json, route, summary);
        json.WriteNumber("position", summary.Position);
        json.WriteNumber("state_bytes", summary.RowBytes);
        json.WriteNumber("bytes", summary.Bytes);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, string route, StreamRecordSummary summary)
    {
        json.WriteString("route", route);
        json.WriteString("stream", summary.Name);
        json.WriteNumber("steps", summary.Steps);
        json.WriteString("model", Hex(summary.Model));
        json.WriteString("layout", Hex(summary.Layout));
    }

    /// <summary>A name that cannot end a line or command a terminal.</summary>
    private static string Clean(string name) => string.Concat(name.Select(static letter => char.IsControl(letter) ? '?' : letter));

    private static string Hex(ulong id) => id.ToString("x16", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
