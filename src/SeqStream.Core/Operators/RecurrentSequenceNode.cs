using System.Collections.Immutable;
using SeqStream.Cells;
using SeqStream.Kernels;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Operators;

/// <summary>
/// Runs a recurrent layer over whole sequences inside one step and keeps nothing, with the full semantics of ONNX RNN, GRU and LSTM:
/// one or two directions, initial states, sequence lengths, both layouts.
/// </summary>
public sealed unsafe class RecurrentSequenceNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="directions">One direction, or forward and reverse, with equal sizes.</param>
    /// <param name="isBatchFirst">Layout 1: X [batch, steps, input], Y [batch, steps, directions, hidden], states [batch, directions, hidden].
    /// Otherwise X [steps, batch, input], Y [steps, directions, batch, hidden], states [directions, batch, hidden].</param>
    /// <param name="x">float32, 3 dimensions</param>
    /// <param name="lengths">int32 [batch] steps of each sequence; lengths outside 0 to steps are taken as the nearest of these; or null for all.</param>
    /// <param name="initialH">h before the first step; null for zeros.</param>
    /// <param name="initialC">c before the first step; null for zeros.</param>
    /// <param name="y">Gets h of every step, zeros beyond a sequence's end; or null.</param>
    /// <param name="finalH">Gets h after the last step of each direction; or null.</param>
    /// <param name="finalC">Gets c after the last step of each direction; LSTM only; or null.</param>
    /// <exception cref="ArgumentException">A wire has another size or type than the cell.</exception>
    public RecurrentSequenceNode(
        string name, ImmutableArray<RecurrentDirection> directions, bool isBatchFirst, Wire x, Wire? lengths, Wire? initialH, Wire? initialC, Wire? y, Wire? finalH, Wire? finalC)
        : base(name, RecurrentNames.OperatorOf(directions[0].Weights), [x, lengths, initialH, initialC], [y, finalH, finalC])
    {
        Directions = directions;
        IsBatchFirst = isBatchFirst;
        CellWeights weights = directions[0].Weights;
        Steps = x.Shape[isBatchFirst ? 1 : 0];
        Batch = x.Shape[isBatchFirst ? 0 : 1];
        int states = directions.Length * Batch * weights.HiddenSize;
        RecurrentNames.Expect(name, x, Steps * Batch * weights.InputSize);
        RecurrentNames.Expect(name, y, Steps * states);
        foreach (Wire? wire in (ReadOnlySpan<Wire?>)[initialH, initialC, finalH, finalC]) RecurrentNames.Expect(name, wire, states);
        if (lengths is not null && (lengths.Type != ElementType.Int32 || lengths.Shape.ElementCount != Batch)) throw new ArgumentException($"Node '{name}': sequence lengths are {lengths}, expected int32 [{Batch}].");
        if (weights.Kind != CellKind.Lstm && (initialC ?? finalC) is not null) throw new ArgumentException($"Node '{name}': a {weights.Kind} cell has no c.");
    }

    /// <summary>One direction, or forward and reverse.</summary>
    public ImmutableArray<RecurrentDirection> Directions { get; }

    /// <summary>True for layout 1.</summary>
    public bool IsBatchFirst { get; }

    /// <summary>Steps of the sequences.</summary>
    public int Steps { get; }

    /// <summary>Sequences.</summary>
    public int Batch { get; }

    /// <inheritdoc/>
    public override ImmutableArray<float[]> OwnWeights => [.. Directions.SelectMany(static direction => direction.Weights.Arrays)];

    /// <inheritdoc/>
    public override ImmutableArray<StoredMatrix> StoredWeights => [.. Directions.SelectMany(static direction => direction.Weights.Stored)];

    /// <inheritdoc/>
    public override bool RoundsActivations => Directions.Any(static direction => RecurrentNames.RoundsActivations(direction.Weights, direction.Options));

    /// <inheritdoc/>
    public override StepNode WithWeights(WeightForm form) => new RecurrentSequenceNode(
        Name, [.. Directions.Select(direction => direction with { Weights = direction.Weights.To(form) })], IsBatchFirst, Inputs[0]!, Inputs[1], Inputs[2], Inputs[3], Outputs[0], Outputs[1], Outputs[2]);

    /// <inheritdoc/>
    public override long Operations => Directions.Length * (long)Steps * Batch * RecurrentNames.OperationsOf(Directions[0].Weights);

    /// <inheritdoc/>
    public override string Attributes
        => $"steps={Steps} batch={Batch}{(IsBatchFirst ? " layout=1" : "")} {string.Join(" | ", Directions.Select(static d => (d.IsReverse ? "reverse " : "forward ") + RecurrentNames.Describe(d.Weights, d.Options)))}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => new Kernel(this, choice, slots);

    /// <summary>Runs the sequences of one lane after those of the other.</summary>
    [HotPath]
    private sealed class Kernel(RecurrentSequenceNode node, KernelChoice choice, PlanSlots slots) : NodeKernel
    {
        private readonly SequenceRunner _runner = SequenceRunner.Pack(
            DirectionOf(node),
            [.. node.Directions.Select(static direction => direction.Weights)],
            [.. node.Directions.Select(static direction => direction.Options)],
            node.IsBatchFirst ? 1 : 0,
            choice);
        private readonly WireSlot _x = slots.Of(node.Inputs[0]);
        private readonly WireSlot _lengths = slots.Of(node.Inputs[1]);
        private readonly WireSlot _initialH = slots.Of(node.Inputs[2]);
        private readonly WireSlot _initialC = slots.Of(node.Inputs[3]);
        private readonly WireSlot _y = slots.Of(node.Outputs[0]);
        private readonly WireSlot _finalH = slots.Of(node.Outputs[1]);
        private readonly WireSlot _finalC = slots.Of(node.Outputs[2]);
        private readonly int _steps = node.Steps;
        private readonly int _batch = node.Batch;

        public override nint ScratchBytes(int maxLanes) => _runner.ScratchBytes(Math.Max(_batch, 1));

        public override void Run(in StepContext context)
        {
            if (_batch == 0) return;
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                SequenceBuffers buffers = new()
                {
                    X = (float*)At(in context, _x, lane),
                    Lengths = (int*)At(in context, _lengths, lane),
                    InitialH = (float*)At(in context, _initialH, lane),
                    InitialC = (float*)At(in context, _initialC, lane),
                    Y = (float*)At(in context, _y, lane),
                    FinalH = (float*)At(in context, _finalH, lane),
                    FinalC = (float*)At(in context, _finalC, lane),
                };
                _runner.Run(in buffers, _steps, _batch, context.Scratch);
            }
        }

        private static SequenceDirection DirectionOf(RecurrentSequenceNode node) => node.Directions.Length == 2
            ? SequenceDirection.Bidirectional
            : node.Directions[0].IsReverse ? SequenceDirection.Reverse : SequenceDirection.Forward;

        private static byte* At(in StepContext context, WireSlot slot, int lane) => slot.IsPresent ? context.At(slot, lane) : null;
    }
}
