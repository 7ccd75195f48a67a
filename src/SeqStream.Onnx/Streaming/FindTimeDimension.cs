using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Lowering.Control;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>
/// Finds the dimension along which a stream runs: the one the caller names, else the one along which recurrent nodes run, which is found by changing each
/// dimension in turn and looking, else the one that is named like time, else the only free one that is not named like a batch.
/// </summary>
internal sealed class FindTimeDimension
{
    private static readonly string[] s_timeNames = ["seq", "time", "frame", "length", "step", "len", "chunk", "token", "word", "char"];
    private static readonly string[] s_timeSymbols = ["t", "l", "s", "tx"];
    private static readonly string[] s_batchNames = ["batch", "bs", "bsz", "n", "b"];

    private readonly OnnxModel _model;
    private readonly FreeDimensions _dimensions;
    private readonly WalkRules _rules;
    private readonly ConstantFolding _folding;
    private readonly IReadOnlyCollection<string> _stateInputs;
    private readonly Dictionary<OnnxNode, int> _scanAxes = new(ReferenceEqualityComparer.Instance);

    /// <summary>Prepares the search.</summary>
    public FindTimeDimension(OnnxModel model, FreeDimensions dimensions, WalkRules rules, ConstantFolding folding, IReadOnlyCollection<string> stateInputs)
    {
        _model = model;
        _dimensions = dimensions;
        _rules = rules;
        _folding = folding;
        _stateInputs = stateInputs;
    }

    /// <summary>Remarks about what was chosen.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Reasons why nothing can be chosen.</summary>
    public List<Blocker> Blockers { get; } = [];

    /// <summary>The dimension of time; null if no dimension is the stream's.</summary>
    public FreeDimension? Find(InputAxis? asked)
    {
        if (asked is not null) return Asked(asked);
        Dictionary<OnnxNode, TensorShape> plain = Probe(null);
        List<FreeDimension> open = [.. _dimensions.Free];
        FreeDimension? time = DrivenBy(open, plain, SequenceAxis, "recurrent nodes run along it");
        time ??= Named(open);
        open.RemoveAll(dimension => dimension == time);
        open.RemoveAll(IsBatchName);
        if (plain.Count > 0 && open.Count > 0 && DrivenBy(open, plain, BatchAxis, null) is { } batch) open.Remove(batch);
        time ??= TheOnlyOne(open);
        if (time is null && _stateInputs.Count == 0 && plain.Count > 0) time = FixedOne(plain);
        foreach (FreeDimension dimension in open)
        {
            if (dimension.Places.TrueForAll(place => place.Axis == 0 || _stateInputs.Contains(place.Input))) Notes.Add($"dimension '{dimension.Key}' is taken as the batch");
            else Blockers.Add(new Blocker(dimension.Places[0].Input, "", $"dimension '{dimension.Key}' has no size, and nothing says whether it is the stream's time", $"Give a size for '{dimension.Key}', or name the axis of time"));
        }
        return time;
    }

    private FreeDimension? Asked(InputAxis asked)
    {
        OnnxValue? input = _model.Graph.Inputs.FirstOrDefault(value => value.Name == asked.Input);
        if (input is { HasRank: true } && asked.Axis >= 0 && asked.Axis < input.Dimensions.Length) return _dimensions.At(asked);
        Blockers.Add(new Blocker(asked.Input, "", $"the axis of time should be {asked}, but the model has no such input and axis", $"Inputs are {string.Join(", ", _model.Graph.Inputs)}"));
        return null;
    }

    /// <summary>Shapes of X of every recurrent node, and of the first value that a Scan or Loop takes apart, that a trace reaches.</summary>
    private Dictionary<OnnxNode, TensorShape> Probe(FreeDimension? changed)
    {
        Dictionary<OnnxNode, TensorShape> seen = new(ReferenceEqualityComparer.Instance);
        GraphWalk.Trace(_model, _dimensions.Wires(changed, Streaming.Probe.ShortLength), _rules, _folding, Watch);
        return seen;

        Lowered Watch(NodeContext node, OperatorRule rule)
        {
            if (RecurrentRule.IsRecurrent(node.Node) && node.Input(0) is { Constant: null, Shape.Rank: 3 } x) seen[node.Node] = x.Shape;
            if (BodyNames.IsRepeating(node.Node) && ScanForm.Read(node).Slices is [{ } first, ..] && node.Input(first.Place) is { Constant: null } whole)
            {
                seen[node.Node] = whole.Shape;
                _scanAxes[node.Node] = first.Axis;
            }
            return rule(node);
        }
    }

    private int SequenceAxis(OnnxNode node) => _scanAxes.TryGetValue(node, out int axis) ? axis : RecurrentRule.SequenceAxis(node);

    private int BatchAxis(OnnxNode node) => _scanAxes.TryGetValue(node, out int axis) ? axis : 1 - RecurrentRule.SequenceAxis(node);

    private FreeDimension? DrivenBy(List<FreeDimension> open, Dictionary<OnnxNode, TensorShape> plain, Func<OnnxNode, int> axisOf, string? note)
    {
        foreach (FreeDimension dimension in open)
        {
            if (plain.Count == 0 || !Drives(dimension, plain, axisOf)) continue;
            if (note is not null) Notes.Add($"the stream runs along '{dimension.Key}': {note}");
            return dimension;
        }
        return null;
    }

    private bool Drives(FreeDimension dimension, Dictionary<OnnxNode, TensorShape> plain, Func<OnnxNode, int> axisOf)
        => Probe(dimension).Any(seen => seen.Value[axisOf(seen.Key)] == Streaming.Probe.ShortLength && plain.TryGetValue(seen.Key, out TensorShape shape) && shape[axisOf(seen.Key)] != Streaming.Probe.ShortLength);

    private FreeDimension? Named(List<FreeDimension> open)
    {
        List<FreeDimension> named = [.. open.Where(static dimension => IsTimeName(dimension) && !IsBatchName(dimension))];
        if (named.Count == 1) Notes.Add($"the stream runs along '{named[0].Key}': its name says so");
        return named.Count == 1 ? named[0] : null;
    }

    private FreeDimension? TheOnlyOne(List<FreeDimension> open)
    {
        if (_stateInputs.Count > 0 || open.Count != 1) return null;
        FreeDimension only = open[0];
        open.Clear();
        Notes.Add($"the stream runs along '{only.Key}': it is the only dimension without a size");
        return only;
    }

    /// <summary>A dimension that the file fixes, along which recurrent nodes run.</summary>
    private FreeDimension? FixedOne(Dictionary<OnnxNode, TensorShape> plain)
    {
        HashSet<int> lengths = [.. plain.Select(seen => seen.Value[SequenceAxis(seen.Key)])];
        foreach (OnnxValue input in _model.Graph.Inputs.Where(static value => value.HasRank))
        {
            for (int axis = 0; axis < input.Dimensions.Length; axis++)
            {
                if (_dimensions.SizeOf(input, axis) is not { } size || !lengths.Contains(size)) continue;
                FreeDimension dimension = new(new InputAxis(input.Name, axis).ToString(), [new InputAxis(input.Name, axis)]);
                if (!Drives(dimension, plain, SequenceAxis)) continue;
                Notes.Add($"the stream runs along '{dimension.Key}', which the file fixes to {size}: recurrent nodes run along it");
                return dimension;
            }
        }
        Notes.Add("recurrent nodes run inside one step and forget: no dimension of an input sets their length");
        return null;
    }

    private static bool IsTimeName(FreeDimension dimension)
    {
        string name = dimension.Key.ToLowerInvariant();
        return !name.Contains('[', StringComparison.Ordinal) && (s_timeSymbols.Contains(name) || s_timeNames.Any(part => name.Contains(part, StringComparison.Ordinal)));
    }

    private static bool IsBatchName(FreeDimension dimension)
    {
        string name = dimension.Key.ToLowerInvariant();
        return s_batchNames.Contains(name) || name.Contains("batch", StringComparison.Ordinal);
    }
}
