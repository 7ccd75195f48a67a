using System.Collections.Immutable;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Control;

/// <summary>
/// Reads Loop as a Scan. A value that the body only reads as the place of its iteration number, and that has as many places as there are trips, is taken apart like a
/// scan input; an iteration number that is used otherwise becomes a state that counts; a condition that is not always true becomes the state that ends the trips.
/// </summary>
internal static class LoopReader
{
    private const int Given = 2;       // trip count and condition come before the states

    /// <summary>Reads the node.</summary>
    public static ScanForm Read(NodeContext node)
    {
        OnnxGraph body = node.Node.Attributes.GetValueOrDefault("body")?.Graph ?? throw node.Broken("it has no body");
        int states = body.Inputs.Length - Given, stacks = body.Outputs.Length - 1 - states;
        if (states < 0 || stacks < 0 || node.Node.Inputs.Length != Given + states) throw node.Broken($"{node.Node.Inputs.Length} inputs and a body of {body.Inputs.Length} inputs and {body.Outputs.Length} outputs do not go together");
        bool isAlways = LoopCondition.IsAlwaysTrue(node, body);
        int trips = LoopCondition.IsNeverTrue(node) ? 0 : TripsOf(node);
        if (stacks > 0 && LoopCondition.IsKept(node, body)) node.OptionalConstantInput(1, "condition");
        if (!isAlways && stacks > 0 && trips > 0) throw node.Refuse("its condition is computed while it runs, so the size of its scan outputs depends on the values it is given", "Export the loop with a fixed number of trips");
        ImmutableArray<(int Input, string Name)> captures = [.. BodyNames.CapturesOf(node.Node).Select((name, at) => (node.Node.Inputs.Length + at, name))];
        LoopGathers gathers = LoopGathers.Find(node, body, captures, trips);
        List<ScanFormState> carried = [.. Enumerable.Range(0, states).Select(state => new ScanFormState(Given + state, null, body.Inputs[Given + state].Name, body.Outputs[1 + state].Name, state))];
        OnnxGraph rest = gathers.Rest;
        int condition = -1;
        if (isAlways) rest = LoopCondition.WithTrue(rest, body.Inputs[1].Name);
        else
        {
            condition = carried.Count;
            carried.Add(LoopCondition.State(node, body));
        }
        if (gathers.CountsTrips) (rest, carried) = Counted(rest, carried, body.Inputs[0].Name);
        return new ScanForm
        {
            Body = rest,
            Trips = trips,
            States = [.. carried],
            Slices = gathers.Slices,
            Stacks = [.. Enumerable.Range(0, stacks).Select(stack => new ScanFormSlice(states + stack, body.Outputs[1 + states + stack].Name, 0))],
            Captures = [.. captures.Where(capture => gathers.Slices.All(slice => slice.Place != capture.Input))],
            Condition = condition,
            CountsTrips = gathers.CountsTrips,
        };
    }

    private static int TripsOf(NodeContext node)
    {
        if (node.OptionalInput(0) is null) throw node.Refuse("it has no trip count and goes on until a condition is false, which may be never", "Export the loop with a largest number of trips");
        ConstantTensor count = node.ConstantInput(0, "trip count");
        if (count.Type is not (ElementType.Int64 or ElementType.Int32) || count.Shape.ElementCount != 1) throw node.Broken($"its trip count is {count.Type.DisplayName()} {count.Shape}; expected one int64");
        long trips = Math.Max(count.ToInt64Array()[0], 0);
        return trips <= ScanForm.MostTrips ? (int)trips : throw node.Refuse($"it makes {trips} trips; the limit is {ScanForm.MostTrips}", "Export the loop with fewer trips");
    }

    /// <summary>The body with a state that is the iteration number.</summary>
    private static (OnnxGraph, List<ScanFormState>) Counted(OnnxGraph body, List<ScanFormState> carried, string name)
    {
        string one = name + ".one", next = name + ".next";
        OnnxNode add = new() { Name = next, Operator = "Add", Domain = "", Inputs = [name, one], Outputs = [next], Attributes = ImmutableDictionary<string, OnnxAttribute>.Empty };
        OnnxGraph counted = body.With(body.Nodes.Add(add), body.Initializers.SetItem(one, new OnnxTensor(one, ConstantTensor.Int64(new TensorShape(), 1), null)));
        return (counted, [.. carried, new ScanFormState(-1, ConstantTensor.Int64(new TensorShape(), 0), name, next, -1)]);
    }
}
