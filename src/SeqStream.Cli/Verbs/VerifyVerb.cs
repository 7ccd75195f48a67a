using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SeqStream.Cli.Output;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Verification;
using SeqStream.Onnx.Lowering;
using SeqStream.Weights;

namespace SeqStream.Cli.Verbs;

/// <summary><c>verify MODEL</c>: steps against the whole sequence, on random inputs.</summary>
internal static class VerifyVerb
{
    private static readonly ModelOptions s_model = new();
    private static readonly OutputOptions s_output = new();
    private static readonly Option<int> s_rounds = Whole("--rounds", "Rounds, each with streams of its own.", 3, 1, 100_000);
    private static readonly Option<int> s_streams = Whole("--streams", "Streams of a round, which share batches and begin at different times.", 3, 1, 1024);
    private static readonly Option<int> s_seed = Whole("--seed", "Chooses inputs, lengths and the order of steps.", 1, 0, int.MaxValue);
    private static readonly Option<int> s_length = Whole("--length", "Frames of every stream; 0 to draw lengths from the shortest possible one upwards.", 0, 0, 1 << 20);

    public static Command Create()
    {
        Command verb = new("verify", "Run a model whole and stepped on the same random inputs and compare every value.");
        s_model.AddTo(verb);
        foreach (Option option in new Option[] { s_rounds, s_streams, s_seed, s_length }) verb.Options.Add(option);
        s_output.AddTo(verb);
        verb.SetAction(static parsed => Run(parsed));
        return verb;
    }

    private static Option<int> Whole(string name, string description, int standard, int least, int greatest)
    {
        Option<int> option = new(name) { Description = description, DefaultValueFactory = _ => standard, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int value) && (value < least || value > greatest))
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; expected {least} to {greatest}."));
        });
        return option;
    }

    private static int Run(ParseResult parsed)
    {
        ModelReference reference = s_model.Resolve(parsed);
        ModelLoadOptions load = s_model.LoadOptions(parsed);
        if (reference.Card.Weights is not null) load = load with { Weights = load.Weights ?? WeightForm.Float32 }; // the proof is about the steps, not about rounded weights
        LoweringResult lowering = ModelLoader.Inspect(reference, load);
        VerificationOptions options = new()
        {
            Rounds = parsed.GetValue(s_rounds),
            Streams = parsed.GetValue(s_streams),
            Seed = parsed.GetValue(s_seed),
            Length = parsed.GetValue(s_length),
        };
        if (lowering.Plan is not null && options.Length > 0 && options.Length < lowering.ShortestStream)
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--length is {options.Length}: a stream of this model needs {lowering.ShortestStream} frames to have an answer."));
        VerificationReport report = ModelVerifier.Verify(reference.ModelPath, lowering, reference.Card.Bounds, options);
        if (s_output.Json(parsed)) JsonOutput.Write(json => WriteJson(json, reference, lowering, report));
        else WriteText(reference, lowering, report);
        Notices notices = new(s_output.Quiet(parsed));
        foreach (string note in report.Notes) notices.Write(note);
        return report.IsEqual || report.IsApproximate ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void WriteText(ModelReference reference, LoweringResult lowering, VerificationReport report)
    {
        string unit = lowering.Form == StreamForm.Step ? "steps" : "frames";
        Console.Out.WriteLine(Text($"{reference.Card.Name}: {report.Streams} streams of {report.Frames} {unit} in all, steps against {report.Reference}"));
        TextTable table = new("output", "numbers", "greatest difference", "mean difference", "result");
        foreach (WireDeviation output in report.Outputs) table.Add(output.Value, Text($"{output.Compared}"), Text($"{output.Greatest:0.0e+0}"), Text($"{output.Mean:0.0e+0}"), ResultOf(output, report.IsApproximate));
        table.Write();
        if (report.Nodes.Length > 0) Console.Out.WriteLine(Text($"{report.Nodes.Count(static node => node.Compared > 0)} inner values compared, {report.Nodes.Count(static node => node.Differences > 0)} differ"));
        if (!lowering.Approximate.IsEmpty)
        {
            foreach (string note in lowering.Notes) Console.Out.WriteLine(note);
        }
        if (report.IsEqual || report.IsApproximate) return;
        if (report.FirstDifference is { } first)
        {
            string what = report.Operators.IsEmpty ? "first value whose steps differ" : "every step equals the native whole sequence, but one call differs from ONNX Runtime's first at";
            Console.Out.WriteLine($"{what}: '{first.Value}', which node '{first.Node}' ({first.Operator}) makes: {first.First}");
        }
        foreach (WireDeviation output in report.Outputs.Where(static output => output.First is not null)) Console.Out.WriteLine($"output '{output.Value}': {output.First}");
    }

    private static string ResultOf(WireDeviation deviation, bool isApproximate)
        => deviation.Differences == 0 ? "equal" : isApproximate ? "approximate" : Text($"{deviation.Differences} differ");

    private static void WriteJson(Utf8JsonWriter json, ModelReference reference, LoweringResult lowering, VerificationReport report)
    {
        json.WriteStartObject();
        json.WriteString("name", reference.Card.Name);
        json.WriteString("reference", report.Reference);
        json.WriteNumber("streams", report.Streams);
        json.WriteNumber("frames", report.Frames);
        json.WriteBoolean("approximate", report.IsApproximate);
        json.WriteBoolean("equal", report.IsEqual);
        if (report.FirstDifference is { } first) json.WriteString("firstDifference", first.Node);
        else json.WriteNull("firstDifference");
        WriteAll(json, "outputs", report.Outputs);
        json.WriteStartArray("timing");
        foreach (LoweredOutput output in lowering.Outputs) ExplainVerb.WriteOutput(json, output, reference.Card.RateHz);
        json.WriteEndArray();
        WriteAll(json, "nodes", report.Nodes);
        WriteAll(json, "operators", report.Operators);
        json.WriteStartArray("notes");
        foreach (string note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteAll(Utf8JsonWriter json, string name, IEnumerable<WireDeviation> deviations)
    {
        json.WriteStartArray(name);
        foreach (WireDeviation deviation in deviations)
        {
            json.WriteStartObject();
            json.WriteString("value", deviation.Value);
            if (deviation.Node.Length > 0) json.WriteString("node", deviation.Node);
            if (deviation.Operator.Length > 0) json.WriteString("operator", deviation.Operator);
            json.WriteNumber("compared", deviation.Compared);
            json.WriteNumber("differences", deviation.Differences);
            json.WriteNumberOrNull("greatest", deviation.Greatest);
            json.WriteNumberOrNull("mean", deviation.Mean);
            if (deviation.First is { } first) json.WriteString("first", first.ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
