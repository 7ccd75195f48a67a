using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SeqStream.Cli.Output;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Onnx.Lowering;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Cli.Verbs;

/// <summary><c>inspect MODEL</c>: what a model takes, answers and remembers.</summary>
internal static class InspectVerb
{
    private static readonly ModelOptions s_model = new();
    private static readonly OutputOptions s_output = new();
    private static readonly Option<bool> s_plan = new("--plan") { Description = "Print the step plan, node by node." };

    public static Command Create()
    {
        Command verb = new("inspect", "Show what a model takes, answers and remembers.");
        s_model.AddTo(verb);
        verb.Options.Add(s_plan);
        s_output.AddTo(verb);
        verb.SetAction(static parsed => Run(parsed));
        return verb;
    }

    private static int Run(ParseResult parsed)
    {
        ModelReference reference = s_model.Resolve(parsed);
        LoweringResult lowering = ModelLoader.Inspect(reference, s_model.LoadOptions(parsed));
        if (lowering.Plan is null)
        {
            Console.Error.WriteLine($"seqstream: {new ModelNotStreamableException(lowering.File, lowering.Blockers).Message}");
            if (!lowering.Open.IsEmpty) Console.Error.WriteLine($"seqstream: 'run' with --in jsonl takes what is open from the first record; elsewhere give {string.Join(" ", lowering.Open)}.");
            return ExitCode.BadData;
        }
        using LoadedModel model = ModelLoader.Load(reference, s_model.LoadOptions(parsed), lowering);
        if (s_output.Json(parsed)) JsonOutput.Write(json => WriteJson(json, model));
        else WriteText(model);
        if (parsed.GetValue(s_plan)) Console.Out.Write(lowering.Plan.ToString());
        return ExitCode.Ok;
    }

    private static void WriteText(LoadedModel model)
    {
        void Line(string subject, string text) => Console.Out.WriteLine($"{subject,-11} {text}");
        Line("model", $"{model.Card.Name}{(model.Card.Title.Length > 0 ? $": {model.Card.Title}" : "")}");
        Line("file", model.Reference.ModelPath);
        if (model.Card.Licence.Length > 0) Line("licence", model.Card.Licence);
        Line("form", model.Lowering.Form == StreamForm.Step ? "one step per call" : $"a whole sequence per call along '{model.Lowering.TimeDimension}', compiled into a step");
        foreach (StepPort port in model.Signature.Inputs) Line("input", port.ToString());
        foreach (StepPort port in model.Signature.Outputs) Line("output", $"{port}{TimingOf(model, port.Name)}");
        foreach ((string input, long least, long greatest) in model.Card.Bounds) Line("range", string.Create(CultureInfo.InvariantCulture, $"{input} {least} to {greatest}"));
        foreach (StatePair pair in model.Lowering.States) Line("state", pair.ToString());
        Line("memory", string.Create(CultureInfo.InvariantCulture, $"{model.Signature.Layout.RowBytes} bytes per stream in {model.Signature.Layout.Fields.Length} fields"));
        Line("operations", string.Create(CultureInfo.InvariantCulture, $"{model.Lowering.Plan!.Operations} multiplications and additions per step"));
        Line("weights", WeightsText(model.Lowering.Plan!));
        Line("delay", DelayText(model));
        Line("front end", model.Card.FrontEndType);
        Line("decoder", model.Card.DecoderType);
        Line("executor", $"{model.Executors.Description}, because {model.ExecutorReason}");
        foreach (string note in model.Lowering.Notes) Line("note", note);
    }

    private static string WeightsText(StepPlan plan)
        => string.Create(CultureInfo.InvariantCulture, $"{plan.WeightBytes} bytes, {(plan.SmallForms.IsEmpty ? "float32" : string.Join("; ", plan.Nodes.Where(static node => !node.StoredWeights.IsEmpty).Select(static node => $"{node.Name} {ExplainVerb.FormOf(node)}")))}");

    private static string TimingOf(LoadedModel model, string output)
    {
        LoweredOutput? lowered = model.Lowering.Outputs.FirstOrDefault(lowered => lowered.Name == output);
        return lowered?.Timing switch { OutputTiming.LastStep => ", the answer for the sequence so far", OutputTiming.Fixed => ", the same at every step", _ => "" };
    }

    private static string DelayText(LoadedModel model)
    {
        long lookAhead = model.Lowering.Outputs.Select(static output => output.LookAhead).DefaultIfEmpty(0).Max();
        string seconds = model.Card.RateHz > 0 && lookAhead > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({lookAhead * 1000 / model.Card.RateHz:0.###} ms)") : "";
        string step = model.Lowering.FramesPerStep > 1 ? string.Create(CultureInfo.InvariantCulture, $", {model.Lowering.FramesPerStep} frames in a step") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{DelayOf(model)} frames of the output, which looks {lookAhead} frames of the input ahead{seconds}{step}");
    }

    private static int DelayOf(LoadedModel model) => model.Lowering.Outputs.Select(static output => output.Delay).DefaultIfEmpty(0).Max();

    private static void WriteJson(Utf8JsonWriter json, LoadedModel model)
    {
        json.WriteStartObject();
        json.WriteString("name", model.Card.Name);
        json.WriteString("path", model.Reference.ModelPath);
        json.WriteString("form", model.Lowering.Form == StreamForm.Step ? "step" : "sequence");
        WritePorts(json, "inputs", model.Signature.Inputs);
        WritePorts(json, "outputs", model.Signature.Outputs);
        json.WriteStartArray("states");
        foreach (StatePair pair in model.Lowering.States)
        {
            json.WriteStartObject();
            json.WriteString("input", pair.Input);
            json.WriteString("output", pair.Output);
            json.WriteString("initial", pair.Initial);
            json.WriteString("reason", pair.Reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("stateBytes", model.Signature.Layout.RowBytes);
        json.WriteNumber("operations", model.Lowering.Plan!.Operations);
        json.WriteNumber("weightBytes", model.Lowering.Plan!.WeightBytes);
        json.WriteStartArray("weightForms");
        foreach (WeightForm form in model.Lowering.Plan!.SmallForms) json.WriteStringValue(form.ShortName());
        json.WriteEndArray();
        json.WriteNumber("delay", DelayOf(model));
        json.WriteNumber("lookAhead", model.Lowering.Outputs.Select(static output => output.LookAhead).DefaultIfEmpty(0).Max());
        json.WriteNumber("framesPerStep", model.Lowering.FramesPerStep);
        json.WriteNumber("shortestStream", model.Lowering.ShortestStream);
        json.WriteStartArray("timing");
        foreach (LoweredOutput output in model.Lowering.Outputs) ExplainVerb.WriteOutput(json, output, model.Card.RateHz);
        json.WriteEndArray();
        json.WriteString("frontEnd", model.Card.FrontEndType);
        json.WriteString("decoder", model.Card.DecoderType);
        json.WriteString("executor", model.Executors.Description);
        json.WriteEndObject();
    }

    private static void WritePorts(Utf8JsonWriter json, string name, IEnumerable<StepPort> ports)
    {
        json.WriteStartArray(name);
        foreach (StepPort port in ports)
        {
            json.WriteStartObject();
            json.WriteString("name", port.Name);
            json.WriteString("type", port.Type.DisplayName());
            json.WriteStartArray("shape");
            foreach (int dimension in port.Shape.Dimensions) json.WriteNumberValue(dimension);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
