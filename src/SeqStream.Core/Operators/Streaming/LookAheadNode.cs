using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SeqStream.Cells;
using SeqStream.Kernels;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Operators.Streaming;

/// <summary>
/// A recurrent layer in reverse direction, over a window of future frames. For the stream's frame i it runs from frame min(i + <see cref="Frames"/> ahead, last) back to
/// frame i, each time from the initial state. With p answers per step and N frames ahead, the input shows p + N frames; answer j of step t is for frame
/// i = t * p + j - <see cref="Delay"/>, which is shown frame j. Frames after the stream's end are left out, so that a window that reaches the end gives the exact value.
/// Answers for frames before the stream's first are zero. It keeps nothing between steps.
/// </summary>
public sealed unsafe class LookAheadNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="clock">What the stream knows of its time.</param>
    /// <param name="weights">The layer's weights.</param>
    /// <param name="options">How its cell computes.</param>
    /// <param name="x">float32 with [frames + ahead, input] elements.</param>
    /// <param name="initialH">Constant with [hidden] elements; null for zeros.</param>
    /// <param name="initialC">Constant with [hidden] elements; LSTM only; null for zeros.</param>
    /// <param name="y">Gets h of each frame, [frames, hidden] elements.</param>
    /// <param name="frames">Answers of one step.</param>
    /// <param name="ahead">Frames of a window after its own.</param>
    /// <param name="delay">Frames by which the first shown frame lags.</param>
    /// <param name="length">Frames of the input over the whole stream.</param>
    /// <exception cref="ArgumentException">A wire has another size or type than the cell.</exception>
    public LookAheadNode(
        string name, StreamClock clock, CellWeights weights, CellOptions options, Wire x, Wire? initialH, Wire? initialC, Wire y, int frames, int ahead, int delay, StreamLength length)
        : base(name, "LookAhead" + RecurrentNames.OperatorOf(weights), [x, initialH, initialC], [y])
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(ahead);
        RecurrentNames.Expect(name, x, (frames + ahead) * weights.InputSize);
        RecurrentNames.Expect(name, y, frames * weights.HiddenSize);
        foreach (Wire? initial in (ReadOnlySpan<Wire?>)[initialH, initialC])
        {
            RecurrentNames.Expect(name, initial, weights.HiddenSize);
            if (initial is { Constant: null }) throw new ArgumentException($"Node '{name}': its initial state {initial} is no constant.");
        }
        if (initialC is not null && weights.Kind != CellKind.Lstm) throw new ArgumentException($"Node '{name}': a {weights.Kind} cell has no c.", nameof(initialC));
        Clock = clock;
        Weights = weights;
        Options = options;
        Frames = frames;
        Ahead = ahead;
        Delay = delay;
        Length = length;
    }

    /// <summary>What the stream knows of its time.</summary>
    public StreamClock Clock { get; }

    /// <summary>The layer's weights.</summary>
    public CellWeights Weights { get; }

    /// <summary>How its cell computes.</summary>
    public CellOptions Options { get; }

    /// <summary>Answers of one step.</summary>
    public int Frames { get; }

    /// <summary>Frames of a window after its own.</summary>
    public int Ahead { get; }

    /// <summary>Frames by which the first shown frame lags.</summary>
    public int Delay { get; }

    /// <summary>Frames of the input over the whole stream.</summary>
    public StreamLength Length { get; }

    /// <inheritdoc/>
    public override ImmutableArray<StateField> States => [Clock.Steps, Clock.Length];

    /// <inheritdoc/>
    public override ImmutableArray<float[]> OwnWeights => Weights.Arrays;

    /// <inheritdoc/>
    public override ImmutableArray<StoredMatrix> StoredWeights => Weights.Stored;

    /// <inheritdoc/>
    public override bool RoundsActivations => RecurrentNames.RoundsActivations(Weights, Options);

    /// <inheritdoc/>
    public override StepNode WithWeights(WeightForm form) => new LookAheadNode(Name, Clock, Weights.To(form), Options, Inputs[0]!, Inputs[1], Inputs[2], Outputs[0]!, Frames, Ahead, Delay, Length);

    /// <inheritdoc/>
    public override long Operations => (long)Frames * (Ahead + 1) * RecurrentNames.OperationsOf(Weights);

    /// <inheritdoc/>
    public override string Attributes => $"{RecurrentNames.Describe(Weights, Options)} frames={Frames} ahead={Ahead} delay={Delay} length={Length}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        return new Kernel(this, RecurrentLayer.Pack(Weights, Options, choice), slots);
    }

    /// <summary>Scratch: row pointers, then rows of h and c, then the layer's.</summary>
    [HotPath]
    private sealed class Kernel(LookAheadNode node, RecurrentLayer layer, PlanSlots slots) : NodeKernel
    {
        private readonly int _steps = slots.OffsetOf(node.Clock.Steps);
        private readonly int _length = slots.OffsetOf(node.Clock.Length);
        private readonly StreamLength _formula = node.Length;
        private readonly int _inputBytes = node.Weights.InputSize * sizeof(float);
        private readonly int _hiddenBytes = node.Weights.HiddenSize * sizeof(float);
        private readonly int _frames = node.Frames;
        private readonly int _ahead = node.Ahead;
        private readonly int _delay = node.Delay;
        private readonly WireSlot _x = slots.Of(node.Inputs[0]);
        private readonly WireSlot _h = slots.Of(node.Inputs[1]);
        private readonly WireSlot _c = slots.Of(node.Inputs[2]);
        private readonly WireSlot _y = slots.Of(node.Outputs[0]);

        private nint RowBytes => RecurrentNames.RoundUp(2 * _hiddenBytes);

        public override nint ScratchBytes(int maxLanes) => RecurrentNames.RoundUp(maxLanes * sizeof(byte*)) + (maxLanes * RowBytes) + layer.ScratchBytes(maxLanes);

        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            byte** rows = (byte**)context.Scratch;
            byte* first = context.Scratch + RecurrentNames.RoundUp(context.Lanes * sizeof(byte*));
            for (int lane = 0; lane < context.Lanes; lane++) rows[lane] = first + (lane * RowBytes);
            for (int frame = 0; frame < _frames; frame++)
            {
                for (int lane = 0; lane < context.Lanes; lane++) Begin(in context, lane, frame, rows[lane]);
                for (int shown = frame + _ahead; shown >= frame; shown--) Advance(in context, shown, frame, rows, first + (context.Lanes * RowBytes));
            }
        }

        private void Begin(in StepContext context, int lane, int frame, byte* row)
        {
            new Span<byte>(context.At(_y, lane) + (frame * _hiddenBytes), _hiddenBytes).Clear();
            CopyOrClear(_h.IsPresent ? context.At(_h, lane) : null, row);
            CopyOrClear(_c.IsPresent ? context.At(_c, lane) : null, row + _hiddenBytes);
        }

        /// <summary>One step back of every lane that has the shown frame, in runs of neighbours.</summary>
        private void Advance(in StepContext context, int shown, int frame, byte** rows, byte* scratch)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                int end = lane;
                while (end < context.Lanes && Has(in context, end, shown, frame)) end++;
                if (end == lane) continue;
                layer.Step(context.At(_x, lane) + (shown * _inputBytes), _x.LaneStride, end - lane, rows + lane, 0, _hiddenBytes, context.At(_y, lane) + (frame * _hiddenBytes), _y.LaneStride, scratch);
                lane = end;
            }
        }

        /// <summary>True if the answered frame has begun and the shown one is not after the end.</summary>
        private bool Has(in StepContext context, int lane, int shown, int frame)
        {
            byte* row = context.Rows[lane];
            long zero = (*(long*)(row + _steps) * _frames) - _delay;
            return zero + frame >= 0 && zero + shown < StreamClock.End(row, _length, _formula);
        }

        private void CopyOrClear(byte* from, byte* to)
        {
            if (from == null) new Span<byte>(to, _hiddenBytes).Clear();
            else Buffer.MemoryCopy(from, to, _hiddenBytes, _hiddenBytes);
        }
    }
}
