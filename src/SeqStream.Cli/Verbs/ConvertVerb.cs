using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SeqStream.Cli.Output;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Writing;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Cli.Verbs;

/// <summary><c>convert IN OUT.onnx</c>: the compiled step model as standard ONNX with its states as inputs and outputs.</summary>
internal static class ConvertVerb
{
    private const string AnyNumber = "dynamic";
    private const int MostStreams = 1 << 20;
    private static readonly ModelOptions s_model = new();
    private static readonly OutputOptions s_output = new();
    private static readonly Argument<string> s_file = new("OUT") { Description = "The .onnx file to write; one that is there is replaced." };
    private static readonly Option<bool> s_decompose = new("--decompose") { Description = "Write recurrent layers as matrix products and element-wise operators." };
    private static readonly Option<string> s_batch = new("--batch") { Description = "Streams that one call steps: a number, or 'dynamic' for any.", DefaultValueFactory = static _ => "1", HelpName = $"N|{AnyNumber}" };

    public static Command Create()
    {
        Command verb = new("convert", "Write the step model as standard ONNX that any runtime can step.");
        s_model.AddModelTo(verb);
        verb.Arguments.Add(s_file);
        verb.Options.Add(s_batch);
        verb.Options.Add(s_decompose);
        s_output.AddTo(verb);
        verb.SetAction(static parsed => Run(parsed));
        return verb;
    }

    private static int Run(ParseResult parsed)
    {
        StepModelOptions options = new() { Streams = Streams(parsed.GetRequiredValue(s_batch)), Decompose = parsed.GetValue(s_decompose) };
        if (options.Decompose && s_model.Weights(parsed) is [not WeightForm.Float32, ..]) throw new UsageException("--weights and --decompose do not go together: layers that are written as matrix products are written in float32. Leave one of them out.");
        string path = Path.GetFullPath(parsed.GetRequiredValue(s_file));
        if (!Directory.Exists(Path.GetDirectoryName(path))) throw new UsageException($"There is no folder '{Path.GetDirectoryName(path)}' for OUT. Make it first, or name another file.");
        LoweringResult lowering = ModelLoader.Inspect(s_model.Resolve(parsed), Load(parsed));
        if (lowering.Plan is null && !lowering.Open.IsEmpty) Console.Error.WriteLine($"seqstream: the file leaves something open; give {string.Join(" ", lowering.Open)}.");
        StepModelFile file = StepModelWriter.Write(lowering, options);
        WriteWhole(path, file.Bytes);
        if (s_output.Json(parsed)) JsonOutput.Write(json => WriteJson(json, path, file, lowering, options));
        else if (!s_output.Quiet(parsed)) WriteText(path, file, lowering, options);
        return ExitCode.Ok;
    }

    /// <summary>What a card recommends is for running the model here; a file gets it only where it is asked for.</summary>
    private static ModelLoadOptions Load(ParseResult parsed)
    {
        ModelLoadOptions load = s_model.LoadOptions(parsed);
        bool isBundled = s_model.Resolve(parsed).Card.Weights is not null;
        return isBundled ? load with { Weights = load.Weights ?? WeightForm.Float32 } : load;
    }

    private static int? Streams(string text)
    {
        if (text == AnyNumber) return null;
        return int.TryParse(text, CultureInfo.InvariantCulture, out int streams) && streams is >= 1 and <= MostStreams
            ? streams
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--batch is '{text}': expected a number from 1 to {MostStreams}, or '{AnyNumber}'."));
    }

    /// <summary>A reader of the file sees the old one or the new one, never a part.</summary>
    private static void WriteWhole(string path, byte[] bytes)
    {
        string part = path + ".part";
        File.WriteAllBytes(part, bytes);
        File.Move(part, path, overwrite: true);
    }

    private static void WriteText(string path, StepModelFile file, LoweringResult lowering, StepModelOptions options)
    {
        void Line(string subject, string text) => Console.Out.WriteLine($"{subject,-11} {text}");
        Line("file", string.Create(CultureInfo.InvariantCulture, $"{path}: {file.Bytes.Length} bytes, {file.NodeCount} nodes, opset {file.Opset}"));
        if (lowering.Plan is { SmallForms: { IsEmpty: false } forms }) Line("weights", $"{string.Join(", ", forms.Select(static form => form.ShortName()))}: {lowering.Plan.WeightBytes} bytes");
        Line("streams", options.Streams?.ToString(CultureInfo.InvariantCulture) ?? "any number");
        Line("step", string.Create(CultureInfo.InvariantCulture, $"{lowering.FramesPerStep} frames"));
        foreach (StepPort port in file.Inputs) Line("input", port.ToString());
        foreach (StepPort port in file.Outputs) Line("output", port.ToString());
        foreach (WrittenState state in file.States) Line("state", $"{state.Input} -> {state.Output} {state.Field.Type.DisplayName()} {state.Field.Shape}{(state.Initial is null ? "" : ", not from zeros")}");
        foreach (string note in lowering.Notes) Line("note", note);
    }

    private static void WriteJson(Utf8JsonWriter json, string path, StepModelFile file, LoweringResult lowering, StepModelOptions options)
    {
        json.WriteStartObject();
        json.WriteString("file", path);
        json.WriteNumber("bytes", file.Bytes.Length);
        json.WriteNumber("nodes", file.NodeCount);
        json.WriteNumber("opset", file.Opset);
        if (options.Streams is { } streams) json.WriteNumber("streams", streams);
        else json.WriteNull("streams");
        json.WriteStartArray("weights");
        foreach (WeightForm form in lowering.Plan?.SmallForms ?? []) json.WriteStringValue(form.ShortName());
        json.WriteEndArray();
        json.WriteNumber("framesPerStep", lowering.FramesPerStep);
        json.WriteStartArray("states");
        foreach (WrittenState state in file.States)
        {
            json.WriteStartObject();
            json.WriteString("input", state.Input);
            json.WriteString("output", state.Output);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("outputs");
        foreach (LoweredOutput output in lowering.Outputs)
        {
            json.WriteStartObject();
            json.WriteString("name", output.Name);
            json.WriteNumber("delay", output.Delay);
            json.WriteNumber("framesPerStep", output.FramesPerStep);
            json.WriteString("length", output.Length.ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
