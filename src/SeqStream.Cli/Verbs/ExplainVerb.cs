using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SeqStream.Cli.Output;
using SeqStream.Hosting.Catalog;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Cli.Verbs;

/// <summary><c>explain MODEL</c>: can it stream? How each node does, or every reason why not.</summary>
internal static class ExplainVerb
{
    private static readonly ModelOptions s_model = new();
    private static readonly OutputOptions s_output = new();
    private static readonly Option<double> s_rate = new("--rate") { Description = "Frames per second of the input, for look-ahead in milliseconds; without it the card's.", HelpName = "HZ" };

    public static Command Create()
    {
        Command verb = new("explain", "Say whether a model can stream and how each node does, or every reason why not.");
        s_model.AddTo(verb);
        s_rate.Validators.Add(static result =>
        {
            if (result.Tokens.Count == 1 && double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double rate) && rate <= 0) result.AddError($"--rate is {result.Tokens[0].Value}; expected a number above 0.");
        });
        verb.Options.Add(s_rate);
        s_output.AddTo(verb);
        verb.SetAction(static parsed => Run(parsed));
        return verb;
    }

    private static int Run(ParseResult parsed)
    {
        ModelReference reference = s_model.Resolve(parsed);
        LoweringResult lowering = ModelLoader.Inspect(reference, s_model.LoadOptions(parsed));
        double rate = parsed.GetValue(s_rate) > 0 ? parsed.GetValue(s_rate) : reference.Card.RateHz;
        if (s_output.Json(parsed)) JsonOutput.Write(json => WriteJson(json, reference, lowering, rate));
        else if (lowering.Plan is null) WriteRefusal(reference, lowering);
        else WriteText(reference, lowering, rate);
        return lowering.Plan is null ? ExitCode.Failed : ExitCode.Ok;
    }

    private static void WriteRefusal(ModelReference reference, LoweringResult lowering)
    {
        Console.Out.WriteLine(Text($"{reference.Card.Name} cannot run step by step, for {Count(lowering.Blockers.Length, "reason")}:"));
        foreach (Blocker blocker in lowering.Blockers) Console.Out.WriteLine($"  {blocker}");
        if (!lowering.Open.IsEmpty) Console.Out.WriteLine($"Its file leaves sizes open: 'run' with --in jsonl takes them from the first record; here give {string.Join(" ", lowering.Open)}.");
        foreach (string note in lowering.Notes) Console.Out.WriteLine($"note: {note}");
    }

    private static void WriteText(ModelReference reference, LoweringResult lowering, double rate)
    {
        Console.Out.WriteLine(lowering.Form == StreamForm.Step
            ? $"{reference.Card.Name} streams: each call is one step."
            : $"{reference.Card.Name} streams: the whole sequence along '{lowering.TimeDimension}' was compiled into steps of {Count(lowering.FramesPerStep, "frame")}.");
        Console.Out.WriteLine();
        TextTable table = new("node", "operator", "how", "delay", "operations");
        foreach (LoweredNode node in Told(lowering)) table.Add(node.Name, node.Operator, HowOf(node), DelayOf(node) is { } delay ? Text($"{delay}") : "", node.Operations > 0 ? Text($"{node.Operations}") : "");
        table.Write();
        Console.Out.WriteLine();
        int constants = lowering.Nodes.Count(static node => node.Form == NodeForm.Constant), unused = lowering.Nodes.Count(static node => node.Form == NodeForm.Unused);
        if (constants + unused > 0) Console.Out.WriteLine(Text($"not shown    {Count(constants, "node")} computed once from constants, {unused} that no output needs"));
        foreach (LoweredOutput output in lowering.Outputs) Console.Out.WriteLine(Text($"output       {output.Name}: {AnswerOf(output)}, delay {Count(output.Delay, "frame")}, look-ahead {LookAheadOf(output, rate)}"));
        if (lowering.ShortestStream > 1) Console.Out.WriteLine(Text($"shortest     a stream needs {lowering.ShortestStream} frames to have an answer"));
        Console.Out.WriteLine(Text($"operations   {lowering.Plan!.Operations} multiplications and additions per step"));
        foreach (StepNode node in lowering.Plan.Nodes.Where(static node => !node.StoredWeights.IsEmpty)) Console.Out.WriteLine($"weights      {node.Name}: {FormOf(node)}");
        Console.Out.WriteLine(Text($"bytes        {lowering.Plan.WeightBytes} of weights read per step, {lowering.Plan.Layout.RowBytes} of state per stream"));
        foreach (string note in lowering.Notes) Console.Out.WriteLine($"note         {note}");
    }

    /// <summary>The form in which a plan node has its weights, and what computes with it.</summary>
    internal static string FormOf(StepNode node)
        => $"{node.StoredWeights[0].Form.ShortName()}, {(node.RoundsActivations ? "integer products, activations rounded to 8 bits" : "float32 products")}";

    private static IEnumerable<LoweredNode> Told(LoweringResult lowering) => lowering.Nodes.Where(static node => node.Form is not (NodeForm.Constant or NodeForm.Unused));

    private static string HowOf(LoweredNode node)
    {
        string how = node.Form switch
        {
            NodeForm.View => "nothing to do",
            NodeForm.Recurrent => "recurrent: its state is carried",
            NodeForm.Window => "window",
            _ => "local",
        };
        if (node.Overlap > 0) how += Text($", shows {Count(node.Overlap, "frame")} again");
        if (node.Wait > 0) how += Text($", waits {Count(node.Wait, "frame")}");
        return node.Nodes.OfType<EdgeMaskNode>().Any() ? how + ", pads by the stream's own clock" : how;
    }

    /// <summary>Frames by which the node's first value lags; null where no value has a time axis.</summary>
    private static int? DelayOf(LoweredNode node) => node.Outputs.FirstOrDefault(static output => output.Time.Axis >= 0)?.Time.Delay;

    private static string AnswerOf(LoweredOutput output) => output.Timing switch
    {
        OutputTiming.LastStep => "the answer for the sequence so far",
        OutputTiming.Fixed => "the same at every step",
        _ => Text($"{output.Length} frames for a stream of S"),
    };

    private static string LookAheadOf(LoweredOutput output, double rate) => rate > 0 ? Text($"{Count(output.LookAhead, "frame")} = {output.LookAhead * 1000 / rate:0.###} ms") : Count(output.LookAhead, "frame");

    private static void WriteJson(Utf8JsonWriter json, ModelReference reference, LoweringResult lowering, double rate)
    {
        json.WriteStartObject();
        json.WriteString("name", reference.Card.Name);
        json.WriteString("path", reference.ModelPath);
        json.WriteBoolean("streams", lowering.Plan is not null);
        json.WriteString("form", lowering.Form == StreamForm.Step ? "step" : "sequence");
        json.WriteStartArray("blockers");
        foreach (Blocker blocker in lowering.Blockers)
        {
            json.WriteStartObject();
            json.WriteString("node", blocker.Node);
            json.WriteString("operator", blocker.Operator);
            json.WriteString("reason", blocker.Reason);
            json.WriteString("remedy", blocker.Remedy);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (lowering.Plan is not null) WritePlan(json, lowering, rate);
        json.WriteStartArray("notes");
        foreach (string note in lowering.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePlan(Utf8JsonWriter json, LoweringResult lowering, double rate)
    {
        json.WriteNumber("framesPerStep", lowering.FramesPerStep);
        json.WriteNumber("shortestStream", lowering.ShortestStream);
        json.WriteNumber("operations", lowering.Plan!.Operations);
        json.WriteStartObject("weights");
        foreach (StepNode node in lowering.Plan.Nodes.Where(static node => !node.StoredWeights.IsEmpty).DistinctBy(static node => node.Name)) json.WriteString(node.Name, node.StoredWeights[0].Form.ShortName());
        json.WriteEndObject();
        json.WriteNumber("weightBytes", lowering.Plan.WeightBytes);
        json.WriteNumber("stateBytes", lowering.Plan.Layout.RowBytes);
        json.WriteStartArray("outputs");
        foreach (LoweredOutput output in lowering.Outputs) WriteOutput(json, output, rate);
        json.WriteEndArray();
        json.WriteStartArray("nodes");
        foreach (LoweredNode node in lowering.Nodes)
        {
            json.WriteStartObject();
            json.WriteString("node", node.Name);
            json.WriteString("operator", node.Operator);
            json.WriteString("how", node.Form.ToString().ToLowerInvariant());
            json.WriteNumber("wait", node.Wait);
            json.WriteNumber("overlap", node.Overlap);
            if (DelayOf(node) is { } delay) json.WriteNumber("delay", delay);
            json.WriteNumber("operations", node.Operations);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>An output's delay and look-ahead.</summary>
    internal static void WriteOutput(Utf8JsonWriter json, LoweredOutput output, double rate)
    {
        json.WriteStartObject();
        json.WriteString("name", output.Name);
        json.WriteString("length", output.Length.ToString());
        json.WriteNumber("delay", output.Delay);
        json.WriteNumber("lookAhead", output.LookAhead);
        json.WriteNumberOrNull("lookAheadMs", rate > 0 ? output.LookAhead * 1000 / rate : double.NaN);
        json.WriteEndObject();
    }

    private static string Count(long count, string thing) => Text($"{count} {thing}{(count == 1 ? "" : "s")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
