using System.Collections.Immutable;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Operators.Control;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Control;

/// <summary>Lowers the body of a Scan or Loop: as a node that makes all trips inside a step, or in place where there is one trip.</summary>
/// <param name="node">The node.</param>
/// <param name="form">What it does.</param>
internal sealed class ScanLowering(NodeContext node, ScanForm form)
{
    private const long MostWork = 1L << 32;
    private const int MostUnrolled = 256;

    /// <summary>The rule of Scan and Loop.</summary>
    public static Lowered Lower(NodeContext node) => Lower(node, ScanForm.Read(node));

    /// <summary>Lowers a node that does what <paramref name="form"/> says.</summary>
    public static Lowered Lower(NodeContext node, ScanForm form)
    {
        ScanLowering lowering = new(node, form);
        if (form is { Trips: 1, Condition: < 0 }) return lowering.Once();
        try
        {
            return lowering.Whole();
        }
        catch (LoweringException) when (form is { Trips: > 1 and <= MostUnrolled, Condition: < 0 } && form.CountsTrips)
        {
            return lowering.Unrolled();
        }
    }

    /// <summary>Lowers the body once.</summary>
    /// <param name="before">The states before the trip.</param>
    /// <param name="frames">One place of each value that is taken apart.</param>
    /// <param name="nodes">Gets the plan nodes.</param>
    /// <returns>The states after the trip, then one place of each value that is put together.</returns>
    public ImmutableArray<Wire> Trip(IReadOnlyList<Wire> before, IReadOnlyList<Wire> frames, ImmutableArray<StepNode>.Builder nodes)
    {
        ImmutableArray<Wire> results = form.Compute is null ? Graph(before, frames, nodes) : Computed(form.Compute, before, frames, nodes);
        for (int state = 0; state < form.States.Length; state++)
        {
            if (results[state].Type != before[state].Type || results[state].Shape.ElementCount != before[state].Shape.ElementCount) throw node.Refuse($"its state '{form.States[state].Before}' goes into a trip as {before[state]} and comes out as {results[state]}", "Export the model with a state of one size");
        }
        return results;
    }

    private ImmutableArray<Wire> Graph(IReadOnlyList<Wire> before, IReadOnlyList<Wire> frames, ImmutableArray<StepNode>.Builder nodes)
    {
        Dictionary<string, Wire> known = new(StringComparer.Ordinal);
        foreach ((int input, string name) in form.Captures) known[name] = node.Input(input);
        for (int state = 0; state < form.States.Length; state++) known[form.States[state].Before] = before[state];
        for (int slice = 0; slice < form.Slices.Length; slice++) known[form.Slices[slice].Name] = frames[slice];
        ImmutableArray<string> wanted = [.. form.States.Select(static state => state.After), .. form.Stacks.Select(static stack => stack.Name)];
        GraphTrace trace = node.LowerBody(form.Body!, known, wanted);
        if (!trace.Blockers.IsEmpty) throw new LoweringException(trace.Blockers[0]);
        nodes.AddRange(trace.LiveSteps.SelectMany(static step => step.Nodes));
        return [.. wanted.Select(name => trace.Outputs[name].Wire)];
    }

    private ImmutableArray<Wire> Computed(
        Func<Composition, IReadOnlyList<Wire>, IReadOnlyList<Wire>, ImmutableArray<Wire>> compute, IReadOnlyList<Wire> before, IReadOnlyList<Wire> frames, ImmutableArray<StepNode>.Builder nodes)
    {
        Composition composition = new(node);
        ImmutableArray<Wire> results = compute(composition, before, frames);
        nodes.AddRange(composition.Result().Nodes);
        return results;
    }

    /// <summary>The initial value of a state.</summary>
    public Wire InitialOf(ScanFormState state)
    {
        if (state.Input < 0) return new Wire(node.Wire($"{node.Name}.{state.Before}.initial", state.Initial!.Type, state.Initial.Shape).Name, state.Initial);
        Wire initial = node.Input(state.Input);
        return form.HasBatch ? new Wire(node.Wire($"{node.Name}.{state.Before}.initial", initial.Type, initial.Shape).Name, initial, new TensorShape(initial.Shape.Dimensions.AsSpan()[1..])) : initial;
    }

    /// <summary>The shape of one place of a value that is taken apart.</summary>
    public TensorShape FrameShape(ScanFormSlice slice)
    {
        List<int> shape = [.. node.Input(slice.Place).Shape.Dimensions];
        if (slice.KeepsAxis) shape[slice.Axis] = 1;
        else shape.RemoveAt(slice.Axis);
        if (form.HasBatch) shape.RemoveAt(0);
        return new TensorShape([.. shape]);
    }

    /// <summary>The shape of a value that is put together from <paramref name="trips"/> places.</summary>
    public TensorShape StackShape(ScanFormSlice stack, TensorShape frame, int trips)
    {
        List<int> shape = [.. frame.Dimensions];
        if (form.HasBatch) shape.Insert(0, 1);
        shape.Insert(AxisOf(stack, frame), trips);
        return new TensorShape([.. shape]);
    }

    /// <summary>The axis of a value that is put together, from 0.</summary>
    public int AxisOf(ScanFormSlice stack, TensorShape frame) => form.HasBatch ? stack.Axis : node.Axis(stack.Axis, frame.Rank + 1);

    /// <summary>A state after the last trip, in the shape that the node's output has.</summary>
    public Wire FinalOf(ScanFormState state, Wire after)
    {
        TensorShape shape = form.HasBatch ? new TensorShape([1, .. after.Shape.Dimensions]) : after.Shape;
        return after.Shape == shape ? after : new Wire(node.Wire(node.Node.Outputs[state.Output], after.Type, shape).Name, after, shape);
    }

    /// <summary>One trip, in place.</summary>
    private Lowered Once()
    {
        ImmutableArray<StepNode>.Builder nodes = ImmutableArray.CreateBuilder<StepNode>();
        List<Wire> before = [.. form.States.Select(InitialOf)];
        List<Wire> frames = [.. form.Slices.Select(slice => new Wire(node.Wire($"{node.Name}.{slice.Name}", node.Input(slice.Place).Type, FrameShape(slice)).Name, node.Input(slice.Place), FrameShape(slice)))];
        ImmutableArray<Wire> results = Trip(before, frames, nodes);
        Wire?[] outputs = new Wire?[node.OutputCount];
        for (int state = 0; state < form.States.Length; state++)
        {
            if (form.States[state].Output is >= 0 and int output && node.Wants(output)) outputs[output] = FinalOf(form.States[state], results[state]);
        }
        for (int stack = 0; stack < form.Stacks.Length; stack++)
        {
            Wire frame = results[form.States.Length + stack];
            if (node.Wants(form.Stacks[stack].Place)) outputs[form.Stacks[stack].Place] = new Wire(node.Output(form.Stacks[stack].Place, frame.Type, StackShape(form.Stacks[stack], frame.Shape, 1)).Name, frame, StackShape(form.Stacks[stack], frame.Shape, 1));
        }
        return Lowered.Sequence(nodes.ToImmutable(), [.. outputs]);
    }

    /// <summary>
    /// All trips one behind the other, for a body that needs the number of the trip as a constant: it cuts at it, or makes shapes of it.
    /// </summary>
    private Lowered Unrolled()
    {
        ImmutableArray<StepNode>.Builder nodes = ImmutableArray.CreateBuilder<StepNode>();
        List<Wire> before = [.. form.States.Select(InitialOf)];
        List<ImmutableArray<Wire>> results = [];
        for (int trip = 0; trip < form.Trips; trip++)
        {
            ImmutableArray<Wire> result = Trip(before, ScanSteps.Frames(node, form, this, trip, nodes), nodes);
            results.Add(result);
            before = [.. result[..form.States.Length]];
            if (nodes.Count > ScanSteps.MostNodes) throw node.Refuse($"its body needs the number of each of its {form.Trips} trips, and stands once for each: more than {ScanSteps.MostNodes} nodes", "Use fewer trips");
        }
        Wire?[] outputs = new Wire?[node.OutputCount];
        for (int state = 0; state < form.States.Length; state++)
        {
            if (form.States[state].Output is >= 0 and int output && node.Wants(output)) outputs[output] = FinalOf(form.States[state], before[state]);
        }
        for (int stack = 0; stack < form.Stacks.Length; stack++)
        {
            if (node.Wants(form.Stacks[stack].Place)) outputs[form.Stacks[stack].Place] = ScanSteps.Stack(node, form, this, form.Stacks[stack], [.. results.Select(result => result[form.States.Length + stack])], nodes);
        }
        return Lowered.Sequence(nodes.ToImmutable(), [.. outputs]);
    }

    /// <summary>All trips, as one node.</summary>
    private Lowered Whole()
    {
        ImmutableArray<StepNode>.Builder nodes = ImmutableArray.CreateBuilder<StepNode>();
        List<Wire> initials = [.. form.States.Select(InitialOf)];
        List<Wire> before = [.. initials.Select((initial, state) => node.Wire($"{node.Name}.{form.States[state].Before}", initial.Type, initial.Shape))];
        List<Wire> frames = [.. form.Slices.Select(slice => node.Wire($"{node.Name}.{slice.Name}", node.Input(slice.Place).Type, FrameShape(slice)))];
        ImmutableArray<Wire> results = Trip(before, frames, nodes);
        Wire?[] outputs = new Wire?[node.OutputCount];
        ImmutableArray<ScanState>.Builder states = ImmutableArray.CreateBuilder<ScanState>();
        for (int state = 0; state < form.States.Length; state++)
        {
            int output = form.States[state].Output;
            Wire? final = output < 0 || !node.Wants(output) ? null : node.Output(output, before[state].Type, form.HasBatch ? node.Input(form.States[state].Input).Shape : results[state].Shape);
            states.Add(new ScanState(initials[state], before[state], results[state], final));
            if (final is not null) outputs[output] = final;
        }
        ImmutableArray<ScanSlice>.Builder stacks = ImmutableArray.CreateBuilder<ScanSlice>();
        for (int stack = 0; stack < form.Stacks.Length; stack++)
        {
            (ScanFormSlice made, Wire frame) = (form.Stacks[stack], results[form.States.Length + stack]);
            Wire whole = node.Output(made.Place, frame.Type, StackShape(made, frame.Shape, form.Trips));
            stacks.Add(new ScanSlice(whole, frame, AxisOf(made, frame.Shape), made.IsReverse));
            if (node.Wants(made.Place)) outputs[made.Place] = whole;
        }
        ImmutableArray<ScanSlice> slices = [.. form.Slices.Select((slice, at) => new ScanSlice(node.Input(slice.Place), frames[at], slice.Axis, slice.IsReverse))];
        ScanNode scan = new(node.Name, node.Node.Operator, form.Trips, nodes.ToImmutable(), states.ToImmutable(), slices, stacks.ToImmutable(), form.Condition);
        // While a model is loaded, constants go through loops as well: a loop of loops could take minutes.
        if (scan.Operations > MostWork) throw node.Refuse($"{form.Trips} trips of its body are {scan.Operations} operations, more than the limit of {MostWork}", "Use fewer trips");
        return Lowered.Sequence([scan], [.. outputs]);
    }
}
