using System.Collections.Immutable;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Control;

/// <summary>Reads Scan: operator set 9 and later, and for one sequence operator set 8.</summary>
internal static class ScanReader
{
    private const int BatchOpset = 8;

    /// <summary>Reads the node.</summary>
    public static ScanForm Read(NodeContext node)
    {
        OnnxGraph body = node.Node.Attributes.GetValueOrDefault("body")?.Graph ?? throw node.Broken("it has no body");
        bool hasBatch = node.Opset <= BatchOpset;
        int first = hasBatch ? 1 : 0, given = node.Node.Inputs.Length;
        int slices = checked((int)node.Int("num_scan_inputs", 0)), states = given - first - slices, stacks = body.Outputs.Length - states;
        if (slices < 1 || states < 0 || stacks < 0 || body.Inputs.Length != states + slices) throw node.Broken($"{given} inputs, num_scan_inputs {slices} and a body of {body.Inputs.Length} inputs and {body.Outputs.Length} outputs do not go together");
        ScanForm form = new()
        {
            Body = body,
            HasBatch = hasBatch,
            Trips = 0,
            States = [.. Enumerable.Range(0, states).Select(state => new ScanFormState(first + state, null, body.Inputs[state].Name, body.Outputs[state].Name, state))],
            Slices = [.. Enumerable.Range(0, slices).Select(slice => Slice(node, first + states + slice, slice, body.Inputs[states + slice].Name, hasBatch))],
            Stacks = [.. Enumerable.Range(0, stacks).Select(stack => Stack(node, states + stack, stack, body.Outputs[states + stack].Name, hasBatch))],
            Captures = [.. BodyNames.CapturesOf(node.Node).Select((name, at) => (given + at, name))],
        };
        int trips = node.Input(form.Slices[0].Place).Shape[form.Slices[0].Axis];
        foreach (ScanFormSlice slice in form.Slices)
        {
            if (node.Input(slice.Place).Shape[slice.Axis] != trips) throw node.Broken($"its scan inputs have {trips} and {node.Input(slice.Place).Shape[slice.Axis]} places");
        }
        if (trips > ScanForm.MostTrips) throw node.Refuse($"it makes {trips} trips; the limit is {ScanForm.MostTrips}", "Give a shorter sequence");
        if (hasBatch) CheckBatch(node, form, trips);
        return form with { Trips = trips };
    }

    private static ScanFormSlice Slice(NodeContext node, int input, int index, string name, bool hasBatch)
    {
        int rank = node.Input(input).Shape.Rank;
        if (rank < (hasBatch ? 2 : 1)) throw node.Broken($"its scan input {node.Input(input)} has no axis to go along");
        int axis = hasBatch ? 1 : node.Axis(At(node.Ints("scan_input_axes"), index), rank);
        return new ScanFormSlice(input, name, axis, At(node.Ints(hasBatch ? "directions" : "scan_input_directions"), index) == 1);
    }

    /// <summary>A scan output; the rank that a negative axis needs is known once the body is lowered.</summary>
    private static ScanFormSlice Stack(NodeContext node, int output, int index, string name, bool hasBatch)
        => new(output, name, hasBatch ? 1 : checked((int)At(node.Ints("scan_output_axes"), index)), !hasBatch && At(node.Ints("scan_output_directions"), index) == 1);

    private static long At(long[]? values, int index) => values is not null && index < values.Length ? values[index] : 0;

    private static void CheckBatch(NodeContext node, ScanForm form, int trips)
    {
        foreach (int input in form.States.Select(static state => state.Input).Concat(form.Slices.Select(static slice => slice.Place)))
        {
            TensorShape shape = node.Input(input).Shape;
            if (shape.Rank < 1 || shape[0] != 1) throw node.Refuse($"it runs {node.Input(input)}, a batch, at once; a plan is one stream's", "Set the batch size to 1");
        }
        ImmutableArray<long> lengths = node.OptionalConstantInput(0, "sequence_lens") is { } given ? [.. given.ToInt64Array()] : [];
        if (lengths.Any(length => length != trips)) throw node.Refuse("its sequence lengths are shorter than its sequences", "Export the model without sequence_lens");
    }
}
