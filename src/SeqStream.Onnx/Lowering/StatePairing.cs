using System.Collections.Immutable;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Streaming;
using SeqStream.Onnx.Writing;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>
/// Finds which inputs of a model are states and which outputs give their next values: first what the caller and the metadata declare, then names, then the way
/// through the graph from an input to the initial state of recurrent nodes and from their final state to an output, then shapes.
/// </summary>
internal sealed class StatePairing
{
    private const int MostStateElements = 1 << 26;
    private const int MostShown = 32;
    private readonly OnnxModel _model;
    private readonly FreeDimensions _dimensions;
    private readonly List<FoundPair> _pairs = [];
    private readonly List<Blocker> _blockers = [];
    private readonly List<OnnxValue> _inputs;
    private readonly List<OnnxValue> _outputs;

    private StatePairing(OnnxModel model, LoweringOptions options)
    {
        _model = model;
        _dimensions = new FreeDimensions(model, options);
        _inputs = [.. model.Graph.Inputs.Where(input => !options.Constants.ContainsKey(input.Name))];
        _outputs = [.. model.Graph.Outputs];
    }

    /// <summary>The pairs, or the reasons why they cannot be told.</summary>
    public static (IReadOnlyList<FoundPair> Pairs, IReadOnlyList<Blocker> Blockers) Find(OnnxModel model, LoweringOptions options)
    {
        StatePairing pairing = new(model, options);
        foreach (DeclaredState state in options.States) pairing.Declare(state.Input, state.Output, state.Initial is null ? "zeros" : "given", state.Initial, "declared by the caller");
        pairing.ReadMetadata();
        if (pairing._pairs.Count == 0 && pairing._blockers.Count == 0) pairing.Infer();
        return (pairing._pairs, pairing._blockers);
    }

    private void ReadMetadata()
    {
        foreach ((string key, string text) in _model.Metadata.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            if (!key.StartsWith(StepMetadata.StatePrefix, StringComparison.Ordinal) || _blockers.Count > MostShown) continue;
            string input = key[StepMetadata.StatePrefix.Length..];
            if (_pairs.Any(pair => pair.Input.Name == input)) continue;
            string[] parts = text.Split(';', StringSplitOptions.TrimEntries);
            string initial = parts.Skip(1).FirstOrDefault(static part => part.StartsWith("init=", StringComparison.Ordinal))?[5..] ?? "zeros";
            if (initial == "zeros") Declare(input, parts[0], initial, null, $"metadata '{key}' says so");
            else if (InitialOf(input, initial) is { } value) Declare(input, parts[0], initial == "ones" ? initial : "given", value, $"metadata '{key}' says so");
            else _blockers.Add(new Blocker(input, "", $"metadata '{key}' starts the state from '{initial}', expected zeros, ones, a number for all elements, or base64: with the elements of one stream", "Give the initial state when the model is loaded"));
        }
    }

    /// <summary>One stream's initial value; null if the text does not fit the input. An input that is not there is told of elsewhere.</summary>
    private ConstantTensor? InitialOf(string name, string text)
    {
        if (_inputs.FirstOrDefault(value => value.Name == name) is not { } input) return ConstantTensor.Float32(new TensorShape(), 0);
        if (!input.HasRank || input.Type == ElementType.None) return null;
        long count = 1;
        int[] sizes = [.. input.Dimensions.Select((_, axis) => _dimensions.SizeOf(input, axis) ?? 1)];
        foreach (int size in sizes) count = count > MostStateElements ? count : count * Math.Max(size, 0);
        return count > MostStateElements ? null : StepMetadata.Read(text, input.Type, new TensorShape(sizes));
    }

    private void Declare(string inputName, string outputName, string initial, ConstantTensor? given, string reason)
    {
        OnnxValue? input = _inputs.FirstOrDefault(value => value.Name == inputName), output = _outputs.FirstOrDefault(value => value.Name == outputName);
        if (input is null || output is null)
        {
            string missing = input is null ? $"input '{inputName}'" : $"output '{outputName}'";
            _blockers.Add(new Blocker(inputName, "", $"it is paired with '{outputName}' ({reason}), but the model has no {missing} that is free", $"Inputs are {Names(_model.Graph.Inputs)}, outputs {Names(_model.Graph.Outputs)}"));
            return;
        }
        Add(input, output, initial, given, reason);
    }

    private void Infer()
    {
        InferBy(static (input, output) => StateNames.Suggests(input.Name, output.Name), static (_, _) => "the names say so, type and shape agree");
        RecurrentPaths paths = new(_model.Graph);
        InferBy(paths.Connects, paths.Explain);
        InferByShape();
        if (_pairs.Count == 0 || _outputs.Count > 0 || _blockers.Count > 0) return;
        _pairs.Clear();
    }

    private void InferBy(Func<OnnxValue, OnnxValue, bool> suggests, Func<OnnxValue, OnnxValue, string> explain)
    {
        List<(OnnxValue Input, OnnxValue Output)> candidates = [.. from input in _inputs from output in _outputs where Agree(input, output) && suggests(input, output) select (input, output)];
        ILookup<OnnxValue, (OnnxValue Input, OnnxValue Output)> byInput = candidates.ToLookup(static pair => pair.Input), byOutput = candidates.ToLookup(static pair => pair.Output);
        HashSet<OnnxValue> ambiguous = [];
        foreach ((OnnxValue input, OnnxValue output) in candidates)
        {
            if (ambiguous.Contains(input) || !_inputs.Contains(input) || !_outputs.Contains(output)) continue;
            List<(OnnxValue Input, OnnxValue Output)> rivals = [.. byInput[input].Concat(byOutput[output]).Distinct()];
            if (rivals.Count == 1) Add(input, output, "zeros", null, explain(input, output));
            else if (ambiguous.Add(input)) Ambiguous(input, rivals.Select(static rival => $"{rival.Input.Name} -> {rival.Output.Name}"));
        }
    }

    private void InferByShape()
    {
        foreach (OnnxValue input in _inputs.Where(input => input != _model.Graph.Inputs[0] && input.Type == ElementType.Float32 && input.Dimensions is { IsDefault: false, Length: > 1 }).ToArray())
        {
            List<OnnxValue> fitting = [.. _outputs.Where(output => output != _model.Graph.Outputs[0] && output.HasRank && Agree(input, output))];
            if (fitting.Count == 0) continue;
            int rivals = _inputs.Count(other => other != _model.Graph.Inputs[0] && Agree(other, fitting[0]));
            if (fitting.Count == 1 && rivals == 1) Add(input, fitting[0], "zeros", null, $"it is the only output of its shape [{string.Join(", ", input.Dimensions)}]");
            else Ambiguous(input, fitting.Select(output => $"{input.Name} -> {output.Name}"));
        }
    }

    private void Ambiguous(OnnxValue input, IEnumerable<string> candidates)
    {
        if (_blockers.Any(blocker => blocker.Node == input.Name)) return;
        _blockers.Add(new Blocker(input.Name, "", $"it looks like a state, but its next value may be any of: {Some(candidates)}", $"Say which with the metadata key '{StepMetadata.StatePrefix}{input.Name}', or when the model is loaded"));
    }

    private void Add(OnnxValue input, OnnxValue output, string initial, ConstantTensor? given, string reason)
    {
        _pairs.Add(new FoundPair(input, output, given, new StatePair(input.Name, output.Name, initial, reason) { InitialValue = given }));
        _inputs.Remove(input);
        _outputs.Remove(output);
    }

    private static bool Agree(OnnxValue input, OnnxValue output)
    {
        if (input.Type == ElementType.None || (output.Type != input.Type && output.Type != ElementType.None)) return false;
        if (!input.HasRank || !output.HasRank) return true;
        if (input.Dimensions.Length != output.Dimensions.Length) return false;
        return input.Dimensions.Zip(output.Dimensions).All(static pair => pair.First.Number == pair.Second.Number || !pair.First.IsFixed || !pair.Second.IsFixed);
    }

    private static string Names(ImmutableArray<OnnxValue> values) => Some(values.Select(static value => value.Name));

    private static string Some(IEnumerable<string> texts)
    {
        string[] shown = [.. texts.Take(MostShown + 1)];
        return shown.Length <= MostShown ? string.Join("; ", shown) : string.Join("; ", shown.Take(MostShown)) + "; ...";
    }
}
