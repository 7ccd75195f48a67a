using System.Collections.Immutable;
using SeqStream.Operators;
using SeqStream.Operators.Elementwise;
using SeqStream.Operators.Movement;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Control;

/// <summary>
/// A Scan or Loop along the stream: the body stands in the plan once for each frame of a step, and what it carries lies in the stream's row. The first frames of a
/// value that lags are not yet the stream's own; they leave the states alone.
/// </summary>
internal static class ScanSteps
{
    /// <summary>Most plan nodes of a body that stands in the plan once for each trip.</summary>
    public const int MostNodes = 1 << 14;

    /// <summary>A Scan whose one trip is the stream's next frame.</summary>
    public static Lowered Lower(NodeContext node) => Lower(node, ScanForm.Read(node), new StreamClock(), delay: 0);

    /// <summary>A Scan whose trips are the frames of a step.</summary>
    /// <param name="node">The node, with the frames of one step.</param>
    /// <param name="form">What it does.</param>
    /// <param name="clock">What the stream knows of its time.</param>
    /// <param name="delay">Frames by which its inputs lag.</param>
    public static Lowered Lower(NodeContext node, ScanForm form, StreamClock clock, int delay)
    {
        if (form.Condition >= 0) throw node.Refuse("its condition is computed while it runs, so a stream could end before it does", "Export the loop with a fixed number of trips");
        ScanLowering lowering = new(node, form);
        ImmutableArray<StepNode>.Builder nodes = ImmutableArray.CreateBuilder<StepNode>();
        List<StateField> fields = [.. form.States.Select(state => Field(node, lowering, state))];
        List<Wire> before = [.. fields.Select(field => node.Wire($"{field.Name}.before", field.Type, field.Shape))];
        for (int state = 0; state < fields.Count; state++) nodes.Add(new ReadStateNode(fields[state], before[state]));
        Wire? steps = delay == 0 ? null : node.Wire($"{node.Name}.steps", ElementType.Int64, new TensorShape());
        if (steps is not null) nodes.Add(new ReadStateNode(clock.Steps, steps));
        List<ImmutableArray<Wire>> results = [];
        for (int frame = 0; frame < form.Trips; frame++)
        {
            ImmutableArray<Wire> result = lowering.Trip(before, Frames(node, form, lowering, frame, nodes), nodes);
            results.Add(result);
            before = Carry(node, form, before, result, Begun(node, steps, form.Trips, delay, frame, nodes), nodes);
            if (nodes.Count > MostNodes) throw node.Refuse($"a step has {form.Trips} frames, and its body stands once for each: more than {MostNodes} nodes", "Export the model with smaller strides");
        }
        for (int state = 0; state < fields.Count; state++) nodes.Add(new WriteStateNode(fields[state], before[state]));
        Wire?[] outputs = new Wire?[node.OutputCount];
        for (int state = 0; state < form.States.Length; state++)
        {
            if (form.States[state].Output is >= 0 and int output && node.Wants(output)) outputs[output] = lowering.FinalOf(form.States[state], before[state]);
        }
        for (int stack = 0; stack < form.Stacks.Length; stack++)
        {
            if (node.Wants(form.Stacks[stack].Place)) outputs[form.Stacks[stack].Place] = Stack(node, form, lowering, form.Stacks[stack], [.. results.Select(result => result[form.States.Length + stack])], nodes);
        }
        return Lowered.Sequence(nodes.ToImmutable(), [.. outputs]);
    }

    private static StateField Field(NodeContext node, ScanLowering lowering, ScanFormState state)
    {
        Wire initial = lowering.InitialOf(state);
        if (initial.Constant is null) throw node.Refuse($"its initial state '{initial.Name}' is computed from what a step is given", "Declare the state pair it belongs to, or export the model with a constant initial state");
        return new StateField($"{node.Name}.{state.Before}", initial.Type, initial.Shape, initial.Constant);
    }

    /// <summary>One place of each value that is taken apart.</summary>
    public static List<Wire> Frames(NodeContext node, ScanForm form, ScanLowering lowering, int frame, ImmutableArray<StepNode>.Builder nodes)
    {
        List<Wire> frames = [];
        foreach (ScanFormSlice slice in form.Slices)
        {
            Wire source = node.Input(slice.Place);
            if (form.Trips > 1)
            {
                int[] shape = [.. source.Shape.Dimensions], starts = new int[shape.Length], by = new int[shape.Length];
                (shape[slice.Axis], starts[slice.Axis]) = (1, frame);
                Array.Fill(by, 1);
                Wire cut = node.Wire($"{node.Name}.{slice.Name}.cut", source.Type, new TensorShape(shape));
                nodes.Add(RearrangeNode.Slice(cut.Name, "Slice", source, cut, starts, by));
                source = cut;
            }
            TensorShape one = lowering.FrameShape(slice);
            frames.Add(new Wire(node.Wire($"{node.Name}.{slice.Name}", source.Type, one).Name, source, one));
        }
        return frames;
    }

    /// <summary>True, at run time, once a frame is the stream's own: step * frames + frame >= delay. Null where that is always so.</summary>
    private static Wire? Begun(NodeContext node, Wire? steps, int frames, int delay, int frame, ImmutableArray<StepNode>.Builder nodes)
    {
        if (steps is null || delay <= frame) return null;
        int first = (delay - frame + frames - 1) / frames;
        Wire bound = new(node.Wire($"{node.Name}.first", ElementType.Int64, new TensorShape()).Name, ConstantTensor.Int64(new TensorShape(), first));
        Wire begun = node.Wire($"{node.Name}.begun", ElementType.Bool, new TensorShape());
        nodes.Add(new BinaryNode(begun.Name, BinaryFunction.GreaterOrEqual, steps, bound, begun));
        return begun;
    }

    private static List<Wire> Carry(NodeContext node, ScanForm form, List<Wire> before, ImmutableArray<Wire> result, Wire? begun, ImmutableArray<StepNode>.Builder nodes)
    {
        List<Wire> after = [];
        for (int state = 0; state < form.States.Length; state++)
        {
            Wire made = result[state].Shape == before[state].Shape ? result[state] : new Wire(node.Wire($"{node.Name}.{form.States[state].Before}.after", result[state].Type, before[state].Shape).Name, result[state], before[state].Shape);
            if (begun is not null)
            {
                Wire chosen = node.Wire($"{node.Name}.{form.States[state].Before}.kept", made.Type, made.Shape);
                nodes.Add(new WhereNode(chosen.Name, begun, made, before[state], chosen));
                made = chosen;
            }
            after.Add(made);
        }
        return after;
    }

    /// <summary>The places of a value that is put together, one behind the other.</summary>
    public static Wire Stack(NodeContext node, ScanForm form, ScanLowering lowering, ScanFormSlice stack, ImmutableArray<Wire> frames, ImmutableArray<StepNode>.Builder nodes)
    {
        Wire output = node.Output(stack.Place, frames[0].Type, lowering.StackShape(stack, frames[0].Shape, form.Trips));
        TensorShape one = lowering.StackShape(stack, frames[0].Shape, 1);
        ImmutableArray<Wire> parts = [.. frames.Select(frame => new Wire(node.Wire($"{output.Name}.frame", frame.Type, one).Name, frame, one))];
        if (parts.Length == 1) return new Wire(output.Name, frames[0], output.Shape);
        nodes.Add(new ConcatNode(output.Name, parts, output, lowering.AxisOf(stack, frames[0].Shape)));
        return output;
    }
}
