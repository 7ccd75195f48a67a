using System.Collections.Immutable;
using SeqStream.Cells;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Onnx.Lowering;

/// <summary>Attributes, weights and shapes of an RNN, GRU or LSTM node, checked against each other.</summary>
internal sealed class RecurrentAttributes
{
    private const string Repair = "Repair the model: the node does not follow the ONNX specification";

    private readonly NodeContext _node;
    private readonly ConstantTensor _input;        // [directions, gates * hidden, input]
    private readonly ConstantTensor _recurrent;    // [directions, gates * hidden, hidden]
    private readonly ConstantTensor? _bias;        // [directions, 2 * gates * hidden]
    private readonly ConstantTensor? _peepholes;   // [directions, 3 * hidden]
    private readonly ImmutableArray<CellActivation> _activations;

    /// <summary>Reads the node.</summary>
    /// <exception cref="LoweringException">Sizes contradict each other, or weights are not constant float32.</exception>
    public RecurrentAttributes(NodeContext node)
    {
        _node = node;
        Kind = node.Node.Operator switch { "RNN" => CellKind.Rnn, "GRU" => CellKind.Gru, _ => CellKind.Lstm };
        string direction = node.Text("direction", "forward");
        if (direction is not ("forward" or "reverse" or "bidirectional")) throw node.Refuse($"direction is '{direction}'; expected forward, reverse or bidirectional", Repair);
        FirstIsReverse = direction == "reverse";
        Directions = direction == "bidirectional" ? 2 : 1;
        IsBatchFirst = node.Int("layout", 0) == 1;
        TensorShape x = Float(node.Input(0), "X").Shape;
        if (x.Rank != 3) throw node.Refuse($"X is {node.Input(0)}; expected 3 dimensions", Repair);
        (Length, Batch, InputSize) = IsBatchFirst ? (x[1], x[0], x[2]) : (x[0], x[1], x[2]);
        _input = Constant(1, "W");
        _recurrent = Constant(2, "R");
        HiddenSize = HiddenOf(_recurrent.Shape);
        int gates = Kind switch { CellKind.Rnn => 1, CellKind.Gru => 3, _ => 4 };
        Expect("W", _input.Shape, Directions, gates * HiddenSize, InputSize);
        Expect("R", _recurrent.Shape, Directions, gates * HiddenSize, HiddenSize);
        if (node.OptionalInput(3) is not null) Expect("B", (_bias = Constant(3, "B")).Shape, Directions, 2 * gates * HiddenSize);
        SequenceLengths = LengthsOf(node.OptionalInput(4));
        InitialH = State(5, "initial_h");
        if (Kind == CellKind.Lstm)
        {
            InitialC = State(6, "initial_c");
            if (node.OptionalInput(7) is not null) Expect("P", (_peepholes = Constant(7, "P")).Shape, Directions, 3 * HiddenSize);
        }
        _activations = RecurrentActivations.Read(node, Directions * Kind switch { CellKind.Rnn => 1, CellKind.Gru => 2, _ => 3 });
    }

    /// <summary>The cell.</summary>
    public CellKind Kind { get; }

    /// <summary>1, or 2 for bidirectional nodes.</summary>
    public int Directions { get; }

    /// <summary>True if X is [batch, steps, input], not [steps, batch, input].</summary>
    public bool IsBatchFirst { get; }

    /// <summary>Steps of X.</summary>
    public int Length { get; }

    /// <summary>Sequences of X.</summary>
    public int Batch { get; }

    /// <summary>Features per step.</summary>
    public int InputSize { get; }

    /// <summary>Units.</summary>
    public int HiddenSize { get; }

    /// <summary>Steps of each sequence; null where all have full length.</summary>
    public Wire? SequenceLengths { get; }

    /// <summary>h before the first step; null for zeros.</summary>
    public Wire? InitialH { get; }

    /// <summary>c before the first step; null for zeros.</summary>
    public Wire? InitialC { get; }

    /// <summary>Shape of Y.</summary>
    public TensorShape OutputShape => IsBatchFirst ? new(Batch, Length, Directions, HiddenSize) : new(Length, Directions, Batch, HiddenSize);

    /// <summary>Shape of Y_h, Y_c, initial_h and initial_c.</summary>
    public TensorShape StateShape => IsBatchFirst ? new(Batch, Directions, HiddenSize) : new(Directions, Batch, HiddenSize);

    private bool FirstIsReverse { get; }

    /// <summary>True if a direction runs from the last step to the first.</summary>
    public bool IsReverse(int direction) => direction == 1 || FirstIsReverse;

    /// <summary>The weights of one direction.</summary>
    public CellWeights Weights(int direction, PackedWeights known) => known.Of(_input, _recurrent, _bias, _peepholes, direction, () => Take(direction));

    /// <summary>How one direction computes.</summary>
    public CellOptions Options(int direction)
    {
        int count = _activations.Length / Directions;
        return new CellOptions
        {
            Activations = _activations.IsEmpty ? [] : [.. _activations.Skip(direction * count).Take(count)],
            Clip = _node.Float("clip", 0),
            InputForget = Kind == CellKind.Lstm && _node.Int("input_forget", 0) != 0,
            LinearBeforeReset = Kind == CellKind.Gru && _node.Int("linear_before_reset", 0) != 0,
        };
    }

    private int HiddenOf(TensorShape recurrent)
    {
        int hidden = recurrent.Rank == 3 ? recurrent[2] : 0;
        long stated = _node.Int("hidden_size", hidden);
        if (hidden < 1 || stated != hidden || InputSize < 1) throw _node.Refuse($"hidden_size is {stated}, R is {recurrent} and X is {_node.Input(0).Shape}; expected R [directions, gates * hidden, hidden]", Repair);
        return hidden;
    }

    private Wire? LengthsOf(Wire? wire)
    {
        if (wire is null) return null;
        if (wire.Type != ElementType.Int32 || wire.Shape.ElementCount != Batch) throw _node.Refuse($"sequence_lens is {wire}; expected int32 [{Batch}]", Repair);
        bool isFull = wire.Constant is { } lengths && !lengths.Values<int>().ContainsAnyExcept(Length);
        return isFull ? null : wire;
    }

    private Wire? State(int index, string name)
    {
        if (_node.OptionalInput(index) is not { } wire) return null;
        Expect(name, Float(wire, name).Shape, [.. StateShape.Dimensions]);
        return wire;
    }

    private ConstantTensor Constant(int index, string name)
    {
        Float(_node.Input(index), name);
        return _node.ConstantInput(index, name);
    }

    private Wire Float(Wire wire, string name)
        => wire.Type == ElementType.Float32 ? wire : throw _node.Refuse($"{name} is {wire.Type.DisplayName()}; SeqStream runs recurrent layers in float32", "Export the model in float32");

    private void Expect(string name, TensorShape found, params ReadOnlySpan<int> expected)
    {
        if (found != new TensorShape(expected)) throw _node.Refuse($"{name} is {found}, expected {new TensorShape(expected)}", Repair);
    }

    /// <summary>In the small form in which the model stores W and R, if kernels take it.</summary>
    private CellWeights Take(int direction)
    {
        StoredMatrix? input = _input.Stored?.TryTake(direction, isTransposed: false), recurrent = _recurrent.Stored?.TryTake(direction, isTransposed: false);
        if (input is null || recurrent is null || input.Form != recurrent.Form) return TakeValues(direction);
        return new(Kind, input, recurrent, _bias is null ? null : Part(_bias, direction), _peepholes is null ? null : Part(_peepholes, direction));
    }

    private CellWeights TakeValues(int direction)
        => new(Kind, InputSize, HiddenSize, Part(_input, direction), Part(_recurrent, direction), _bias is null ? null : Part(_bias, direction), _peepholes is null ? null : Part(_peepholes, direction));

    private float[] Part(ConstantTensor tensor, int direction)
    {
        ReadOnlySpan<float> all = tensor.Values<float>();
        int count = all.Length / Directions;
        return all.Slice(direction * count, count).ToArray();
    }
}
