using System.Collections.Immutable;
using SeqStream.Cells;
using SeqStream.Onnx.Reading;
using SeqStream.Operators;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>Lowers RNN, GRU and LSTM.</summary>
/// <param name="weights">Weights that are taken out of the model already.</param>
/// <param name="formOf">What a node is to become.</param>
internal sealed class RecurrentRule(PackedWeights weights, Func<OnnxNode, RecurrentForm> formOf)
{
    /// <summary>The rule by which every recurrent node runs over its whole sequence, as ONNX says.</summary>
    public static OperatorRule Whole(PackedWeights weights) => new RecurrentRule(weights, static _ => RecurrentForm.Sequence).Lower;

    /// <summary>True for RNN, GRU and LSTM.</summary>
    public static bool IsRecurrent(OnnxNode node) => node is { Domain: "", Operator: "RNN" or "GRU" or "LSTM" };

    /// <summary>True for operators that take initial states as inputs 5 and 6 and answer final states as outputs 1 and 2.</summary>
    public static bool HasStates(OnnxNode node) => IsRecurrent(node) || node is { Domain: "com.microsoft", Operator: "DynamicQuantizeLSTM" };

    /// <summary>The axis of X along which a recurrent node runs.</summary>
    public static int SequenceAxis(OnnxNode node) => node.Attributes.GetValueOrDefault("layout")?.Int == 1 ? 1 : 0;

    /// <summary>The rule.</summary>
    public Lowered Lower(NodeContext node) => HalfPrecision.Lower(node, Single);

    private Lowered Single(NodeContext node)
    {
        RecurrentAttributes attributes = new(node);
        bool isResident = formOf(node.Node) == RecurrentForm.Resident;
        bool isOneStep = attributes is { Length: 1, Batch: 1, Directions: 1, SequenceLengths: null };
        if (isResident && !isOneStep) throw node.Refuse($"its sequence is the stream, but its input is {node.Input(0)} with {attributes.Directions} directions", "Export the model forward-only");
        return isOneStep ? OneStep(node, attributes, isResident) : AllSteps(node, attributes);
    }

    /// <summary>States in the stream's row, which start from the node's constant initial states.</summary>
    public static RecurrentMemory ResidentMemory(NodeContext node, RecurrentAttributes attributes)
        => RecurrentMemory.Resident(Field(node, attributes, "h", attributes.InitialH), attributes.Kind == CellKind.Lstm ? Field(node, attributes, "c", attributes.InitialC) : null);

    private RecurrentStepNode OneStep(NodeContext node, RecurrentAttributes attributes, bool isResident)
    {
        RecurrentMemory memory = isResident
            ? ResidentMemory(node, attributes)
            : RecurrentMemory.FromWires(attributes.InitialH, attributes.InitialC);
        return new RecurrentStepNode(
            node.Name,
            attributes.Weights(0, weights),
            attributes.Options(0),
            node.Input(0),
            memory,
            node.OptionalOutput(0, ElementType.Float32, attributes.OutputShape),
            node.OptionalOutput(1, ElementType.Float32, attributes.StateShape),
            node.OptionalOutput(2, ElementType.Float32, attributes.StateShape));
    }

    private RecurrentSequenceNode AllSteps(NodeContext node, RecurrentAttributes attributes)
    {
        ImmutableArray<RecurrentDirection> directions = [.. Enumerable.Range(0, attributes.Directions)
            .Select(index => new RecurrentDirection(attributes.Weights(index, weights), attributes.Options(index), attributes.IsReverse(index)))];
        return new RecurrentSequenceNode(
            node.Name,
            directions,
            attributes.IsBatchFirst,
            node.Input(0),
            attributes.SequenceLengths,
            attributes.InitialH,
            attributes.InitialC,
            node.OptionalOutput(0, ElementType.Float32, attributes.OutputShape),
            node.OptionalOutput(1, ElementType.Float32, attributes.StateShape),
            node.OptionalOutput(2, ElementType.Float32, attributes.StateShape));
    }

    private static StateField Field(NodeContext node, RecurrentAttributes attributes, string part, Wire? initial)
    {
        if (initial is not null && initial.Constant is null)
        {
            throw node.Refuse($"its initial {part}, '{initial.Name}', is computed from what a step is given", "Declare the state pair it belongs to, or export the model with a constant initial state");
        }
        return new StateField($"{node.Name}.{part}", ElementType.Float32, attributes.StateShape, initial?.Constant);
    }
}
