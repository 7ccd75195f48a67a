using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SeqStream.Cells;
using SeqStream.Kernels;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Operators;

/// <summary>Advances one forward recurrent layer by one step. The equations are those of ONNX RNN, GRU and LSTM.</summary>
public sealed unsafe class RecurrentStepNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="weights">The layer's weights.</param>
    /// <param name="options">How its cell computes.</param>
    /// <param name="x">float32 with [input] elements, of any shape</param>
    /// <param name="memory">Where the state lies.</param>
    /// <param name="y">Gets h after the step, [hidden] elements; or null.</param>
    /// <param name="finalH">Gets h after the step, [hidden] elements; or null.</param>
    /// <param name="finalC">Gets c after the step, [hidden] elements; LSTM only; or null.</param>
    /// <exception cref="ArgumentException">A wire or field has another size or type than the cell.</exception>
    public RecurrentStepNode(string name, CellWeights weights, CellOptions options, Wire x, RecurrentMemory memory, Wire? y, Wire? finalH, Wire? finalC)
        : base(name, RecurrentNames.OperatorOf(weights), memory.IsResident ? [x] : [x, memory.WireH, memory.WireC], [y, finalH, finalC])
    {
        Weights = weights;
        Options = options;
        Memory = memory;
        RecurrentNames.Expect(name, x, weights.InputSize);
        foreach (Wire? wire in (ReadOnlySpan<Wire?>)[memory.WireH, memory.WireC, y, finalH, finalC]) RecurrentNames.Expect(name, wire, weights.HiddenSize);
        bool isLstm = weights.Kind == CellKind.Lstm;
        if (!isLstm && (finalC ?? memory.WireC) is not null) throw new ArgumentException($"Node '{name}': a {weights.Kind} cell has no c.");
        if (memory.IsResident && (memory.FieldC is not null) != isLstm) throw new ArgumentException($"Node '{name}': a {weights.Kind} cell {(isLstm ? "needs" : "has no")} c.");
    }

    /// <summary>The layer's weights.</summary>
    public CellWeights Weights { get; }

    /// <summary>How its cell computes.</summary>
    public CellOptions Options { get; }

    /// <summary>Where the state lies.</summary>
    public RecurrentMemory Memory { get; }

    /// <inheritdoc/>
    public override ImmutableArray<StateField> States => Memory.FieldH is null ? [] : Memory.FieldC is null ? [Memory.FieldH] : [Memory.FieldH, Memory.FieldC];

    /// <inheritdoc/>
    public override ImmutableArray<float[]> OwnWeights => Weights.Arrays;

    /// <inheritdoc/>
    public override ImmutableArray<StoredMatrix> StoredWeights => Weights.Stored;

    /// <inheritdoc/>
    public override bool RoundsActivations => RecurrentNames.RoundsActivations(Weights, Options);

    /// <inheritdoc/>
    public override StepNode WithWeights(WeightForm form) => new RecurrentStepNode(Name, Weights.To(form), Options, Inputs[0]!, Memory, Outputs[0], Outputs[1], Outputs[2]);

    /// <inheritdoc/>
    public override long Operations => RecurrentNames.OperationsOf(Weights);

    /// <inheritdoc/>
    public override string Attributes => RecurrentNames.Describe(Weights, Options);

    /// <summary>The same layer with its state in the stream's row.</summary>
    public RecurrentStepNode WithResidentState(StateField h, StateField? c)
        => new(Name, Weights, Options, Inputs[0]!, RecurrentMemory.Resident(h, c), Outputs[0], Outputs[1], Outputs[2]);

    /// <summary>The same layer without the outputs that nobody reads.</summary>
    public RecurrentStepNode WithOutputs(Predicate<Wire> isRead)
    {
        ArgumentNullException.ThrowIfNull(isRead);
        Wire? Keep(Wire? wire) => wire is not null && isRead(wire) ? wire : null;
        return new(Name, Weights, Options, Inputs[0]!, Memory, Keep(Outputs[0]), Keep(Outputs[1]), Keep(Outputs[2]));
    }

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        RecurrentLayer layer = RecurrentLayer.Pack(Weights, Options, choice);
        return Memory.IsResident ? new ResidentKernel(this, layer, slots) : new WireKernel(this, layer, slots);
    }

    /// <summary>Copies a part of each lane's state row to a wire.</summary>
    private static void CopyOut(in StepContext context, byte** rows, int offset, WireSlot to, int bytes)
    {
        for (int lane = 0; lane < context.Lanes; lane++) Buffer.MemoryCopy(rows[lane] + offset, context.At(to, lane), bytes, bytes);
    }

    /// <summary>Steps states where they lie.</summary>
    [HotPath]
    private sealed class ResidentKernel(RecurrentStepNode node, RecurrentLayer layer, PlanSlots slots) : NodeKernel
    {
        private readonly int _hOffset = slots.OffsetOf(node.Memory.FieldH!);
        private readonly int _cOffset = node.Memory.FieldC is null ? 0 : slots.OffsetOf(node.Memory.FieldC);
        private readonly int _hiddenBytes = node.Weights.HiddenSize * sizeof(float);
        private readonly WireSlot _x = slots.Of(node.Inputs[0]);
        private readonly WireSlot _y = slots.Of(node.Outputs[0] ?? node.Outputs[1]);
        private readonly WireSlot _finalH = node.Outputs[0] is null ? WireSlot.Absent : slots.Of(node.Outputs[1]);
        private readonly WireSlot _finalC = slots.Of(node.Outputs[2]);

        public override nint ScratchBytes(int maxLanes) => layer.ScratchBytes(maxLanes);

        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            byte* y = _y.IsPresent ? context.At(_y) : null;
            if (context.Lanes == 1) layer.StepOne(context.At(_x), context.Rows[0] + _hOffset, context.Rows[0] + _cOffset, y, context.Scratch);
            else layer.Step(context.At(_x), _x.LaneStride, context.Lanes, context.Rows, _hOffset, _cOffset, y, _y.LaneStride, context.Scratch);
            if (_finalH.IsPresent || _finalC.IsPresent) CopyFinal(in context);
        }

        /// <summary>Kept out of the way of a layer's step, which may be only a few dozen nanoseconds.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private void CopyFinal(in StepContext context)
        {
            if (_finalH.IsPresent) CopyOut(in context, context.Rows, _hOffset, _finalH, _hiddenBytes);
            if (_finalC.IsPresent) CopyOut(in context, context.Rows, _cOffset, _finalC, _hiddenBytes);
        }
    }

    /// <summary>Copies states from wires into rows of its own, steps them, and copies them out. Scratch: row pointers, then rows of h and c, then the layer's.</summary>
    [HotPath]
    private sealed class WireKernel(RecurrentStepNode node, RecurrentLayer layer, PlanSlots slots) : NodeKernel
    {
        private readonly int _hiddenBytes = node.Weights.HiddenSize * sizeof(float);
        private readonly WireSlot _x = slots.Of(node.Inputs[0]);
        private readonly WireSlot _h = slots.Of(node.Memory.WireH);
        private readonly WireSlot _c = slots.Of(node.Memory.WireC);
        private readonly WireSlot _y = slots.Of(node.Outputs[0] ?? node.Outputs[1]);
        private readonly WireSlot _finalH = node.Outputs[0] is null ? WireSlot.Absent : slots.Of(node.Outputs[1]);
        private readonly WireSlot _finalC = slots.Of(node.Outputs[2]);

        private nint RowBytes => RecurrentNames.RoundUp(2 * _hiddenBytes);

        public override nint ScratchBytes(int maxLanes) => RecurrentNames.RoundUp(maxLanes * sizeof(byte*)) + maxLanes * RowBytes + layer.ScratchBytes(maxLanes);

        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            int lanes = context.Lanes;
            byte** rows = (byte**)context.Scratch;
            byte* at = context.Scratch + RecurrentNames.RoundUp(lanes * sizeof(byte*));
            for (int lane = 0; lane < lanes; lane++, at += RowBytes)
            {
                rows[lane] = at;
                CopyIn(in context, _h, lane, at);
                CopyIn(in context, _c, lane, at + _hiddenBytes);
            }
            byte* y = _y.IsPresent ? context.At(_y) : null;
            layer.Step(context.At(_x), _x.LaneStride, lanes, rows, 0, _hiddenBytes, y, _y.LaneStride, at);
            if (_finalH.IsPresent) CopyOut(in context, rows, 0, _finalH, _hiddenBytes);
            if (_finalC.IsPresent) CopyOut(in context, rows, _hiddenBytes, _finalC, _hiddenBytes);
        }

        private void CopyIn(in StepContext context, WireSlot from, int lane, byte* to)
        {
            if (from.IsPresent) Buffer.MemoryCopy(context.At(from, lane), to, _hiddenBytes, _hiddenBytes);
            else new Span<byte>(to, _hiddenBytes).Clear();
        }
    }
}
