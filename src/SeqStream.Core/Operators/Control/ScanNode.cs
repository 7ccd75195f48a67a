using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Control;

/// <summary>
/// Runs a body a fixed number of times inside one step and keeps nothing: ONNX's Scan, and Loop with a known trip count. States go from trip to trip; inputs are taken
/// apart and outputs put together along one dimension each.
/// </summary>
public sealed class ScanNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="operator">The operator's name, as in ONNX.</param>
    /// <param name="trips">How often the body runs, at least 0.</param>
    /// <param name="bodyNodes">The body in running order. It reads states, frames, constants and wires of the plan around it.</param>
    /// <param name="states">What is carried.</param>
    /// <param name="slices">What is taken apart.</param>
    /// <param name="stacks">What is put together.</param>
    /// <param name="condition">The state, one bool, that ends a lane's trips when it is false; -1 for none. A node with a condition has no <paramref name="stacks"/>.</param>
    /// <exception cref="ArgumentException">Types or sizes do not go together, or the body has states of its own in the stream's row.</exception>
    public ScanNode(
        string name, string @operator, int trips, ImmutableArray<StepNode> bodyNodes, ImmutableArray<ScanState> states, ImmutableArray<ScanSlice> slices, ImmutableArray<ScanSlice> stacks, int condition = -1)
        : this(name, @operator, trips, BodyOf(name, bodyNodes, states, slices, stacks, out ImmutableArray<Wire> captures), captures, states, slices, stacks, condition)
    {
    }

    private ScanNode(
        string name, string @operator, int trips, StepPlan body, ImmutableArray<Wire> captures, ImmutableArray<ScanState> states, ImmutableArray<ScanSlice> slices, ImmutableArray<ScanSlice> stacks, int condition)
        : base(
            name,
            @operator,
            [.. states.Select(static state => state.Initial), .. slices.Select(static slice => slice.Whole), .. captures],
            [.. states.Select(static state => state.Final), .. stacks.Select(static stack => stack.Whole)])
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trips);
        Trips = trips;
        Body = body;
        Captures = captures;
        Carried = states;
        Slices = slices;
        Stacks = stacks;
        Condition = condition;
        foreach (ScanState state in states) Check(state);
        foreach (ScanSlice slice in slices.Concat(stacks)) Check(slice);
        bool isConditional = condition >= 0;
        if (isConditional && (!stacks.IsEmpty || states[condition].Before is not { Type: ElementType.Bool, Shape.ElementCount: 1 })) throw new ArgumentException($"{@operator} '{name}': a condition is one bool and goes without outputs of every trip.", nameof(condition));
        if (!body.Layout.Fields.IsEmpty || body.Nodes.Any(static node => !node.States.IsEmpty)) throw new ArgumentException($"{@operator} '{name}': its body keeps a state in the stream's row.", nameof(body));
    }

    /// <summary>How often the body runs.</summary>
    public int Trips { get; }

    /// <summary>
    /// The body of one trip. Its inputs are the states before the trip, the frames and the <see cref="Captures"/>; its outputs are the states after the trip and the frames of the outputs.
    /// </summary>
    public StepPlan Body { get; }

    /// <summary>Wires of the plan around the node that the body reads.</summary>
    public ImmutableArray<Wire> Captures { get; }

    /// <summary>What is carried from trip to trip.</summary>
    public ImmutableArray<ScanState> Carried { get; }

    /// <summary>What is taken apart.</summary>
    public ImmutableArray<ScanSlice> Slices { get; }

    /// <summary>What is put together.</summary>
    public ImmutableArray<ScanSlice> Stacks { get; }

    /// <summary>The carried state that ends a lane's trips when it is false; -1 for none.</summary>
    public int Condition { get; }

    /// <summary>All trips; elements that a node of the body writes count as one operation each, so that a loop of cheap nodes is not free.</summary>
    public override long Operations => Trips * Body.Nodes.Sum(static node => 1 + node.Operations + node.Outputs.Sum(static wire => (long)(wire?.Shape.ElementCount ?? 0)));

    /// <inheritdoc/>
    public override string Attributes
        => string.Create(CultureInfo.InvariantCulture, $"trips={Trips} states={Carried.Length} slices=[{Describe(Slices)}] stacks=[{Describe(Stacks)}]{(Condition < 0 ? "" : $" condition={Condition}")} body={Body.Id:x16}");

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        return new ScanKernel(this, choice, slots);
    }

    private static string Describe(ImmutableArray<ScanSlice> slices) => string.Join(',', slices.Select(static slice => string.Create(CultureInfo.InvariantCulture, $"{(slice.IsReverse ? "-" : "")}{slice.Axis}")));

    private static StepPlan BodyOf(
        string name, ImmutableArray<StepNode> nodes, ImmutableArray<ScanState> states, ImmutableArray<ScanSlice> slices, ImmutableArray<ScanSlice> stacks, out ImmutableArray<Wire> captures)
    {
        ImmutableArray<Wire> own = [.. states.Select(static state => state.Before), .. slices.Select(static slice => slice.Frame)];
        ImmutableArray<PlanOutput> outputs = [.. states.Select(static state => new PlanOutput(state.Before.Name, state.After)), .. stacks.Select(static stack => new PlanOutput(stack.Whole.Name, stack.Frame))];
        HashSet<Wire> made = [.. own.Select(static wire => wire.Root), .. nodes.SelectMany(static node => node.Outputs).OfType<Wire>().Select(static wire => wire.Root)];
        captures = [.. nodes.SelectMany(static node => node.Inputs).Concat(outputs.Select(static output => output.Wire)).OfType<Wire>().Where(static wire => wire.Constant is null).Select(static wire => wire.Root).Where(wire => !made.Contains(wire)).Distinct()];
        return new StepPlan(name, [.. own, .. captures], outputs, [], nodes);
    }

    private void Check(ScanState state)
    {
        foreach (Wire? wire in (ReadOnlySpan<Wire?>)[state.Initial, state.After, state.Final])
        {
            bool fits = wire is null || (wire.Type == state.Before.Type && wire.Shape.ElementCount == state.Before.Shape.ElementCount);
            if (!fits) throw new ArgumentException($"{Operator} '{Name}': state {state.Before} does not fit {wire}.");
        }
    }

    private void Check(ScanSlice slice)
    {
        bool fits = slice.Axis >= 0 && slice.Axis < slice.Whole.Shape.Rank && slice.Whole.Type == slice.Frame.Type && slice.Whole.Shape[slice.Axis] == Trips
            && slice.Whole.Shape.ElementCount == (long)Trips * slice.Frame.Shape.ElementCount;
        if (!fits) throw new ArgumentException($"{Operator} '{Name}': {slice.Whole} has no {Trips} places of {slice.Frame} along dimension {slice.Axis}.");
    }
}
