using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SeqStream.Cells;
using SeqStream.Kernels;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Operators.Streaming;

/// <summary>
/// Advances one forward recurrent layer by the frames of one step, and passes over the first <see cref="Delay"/> frames of each stream, which are not yet the
/// stream's own: they leave the state alone, and the output for them is zero. Where final states are wanted, frames after the stream's last are passed over too.
/// </summary>
public sealed unsafe class RecurrentPulseNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="clock">What the stream knows of its time.</param>
    /// <param name="weights">The layer's weights.</param>
    /// <param name="options">How its cell computes.</param>
    /// <param name="x">float32 with [frames, input] elements.</param>
    /// <param name="memory">Where the state lies: in the stream's row.</param>
    /// <param name="y">Gets h after each frame, [frames, hidden] elements.</param>
    /// <param name="finalH">Gets h after the newest frame, [hidden] elements; or null.</param>
    /// <param name="finalC">Gets c after the newest frame, [hidden] elements; LSTM only; or null.</param>
    /// <param name="frames">Frames of one step.</param>
    /// <param name="delay">Frames by which x lags.</param>
    /// <param name="length">Frames of x over the whole stream.</param>
    /// <exception cref="ArgumentException">A wire or field has another size or type than the cell.</exception>
    public RecurrentPulseNode(
        string name, StreamClock clock, CellWeights weights, CellOptions options, Wire x, RecurrentMemory memory, Wire y, Wire? finalH, Wire? finalC, int frames, int delay, StreamLength length)
        : base(name, RecurrentNames.OperatorOf(weights), [x], [y, finalH, finalC])
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(length);
        RecurrentNames.Expect(name, x, frames * weights.InputSize);
        RecurrentNames.Expect(name, y, frames * weights.HiddenSize);
        RecurrentNames.Expect(name, finalH, weights.HiddenSize);
        RecurrentNames.Expect(name, finalC, weights.HiddenSize);
        if (finalC is not null && weights.Kind != CellKind.Lstm) throw new ArgumentException($"Node '{name}': a {weights.Kind} cell has no c.", nameof(finalC));
        if (!memory.IsResident || (memory.FieldC is not null) != (weights.Kind == CellKind.Lstm)) throw new ArgumentException($"Node '{name}': a {weights.Kind} cell needs its own states in the stream's row.", nameof(memory));
        Clock = clock;
        Weights = weights;
        Options = options;
        Memory = memory;
        Frames = frames;
        Delay = delay;
        Length = length;
    }

    /// <summary>What the stream knows of its time.</summary>
    public StreamClock Clock { get; }

    /// <summary>The layer's weights.</summary>
    public CellWeights Weights { get; }

    /// <summary>How its cell computes.</summary>
    public CellOptions Options { get; }

    /// <summary>Where the state lies.</summary>
    public RecurrentMemory Memory { get; }

    /// <summary>Frames of one step.</summary>
    public int Frames { get; }

    /// <summary>Frames by which the input lags.</summary>
    public int Delay { get; }

    /// <summary>Frames of the input over the whole stream.</summary>
    public StreamLength Length { get; }

    /// <summary>True if the states stay as they are after the stream's last frame: final states are wanted.</summary>
    public bool StopsAtEnd => Outputs[1] is not null || Outputs[2] is not null;

    /// <inheritdoc/>
    public override ImmutableArray<StateField> States => [Clock.Steps, .. StopsAtEnd ? [Clock.Length] : (StateField[])[], Memory.FieldH!, .. Memory.FieldC is null ? [] : (StateField[])[Memory.FieldC]];

    /// <inheritdoc/>
    public override ImmutableArray<float[]> OwnWeights => Weights.Arrays;

    /// <inheritdoc/>
    public override ImmutableArray<StoredMatrix> StoredWeights => Weights.Stored;

    /// <inheritdoc/>
    public override bool RoundsActivations => RecurrentNames.RoundsActivations(Weights, Options);

    /// <inheritdoc/>
    public override StepNode WithWeights(WeightForm form) => new RecurrentPulseNode(Name, Clock, Weights.To(form), Options, Inputs[0]!, Memory, Outputs[0]!, Outputs[1], Outputs[2], Frames, Delay, Length);

    /// <inheritdoc/>
    public override long Operations => Frames * RecurrentNames.OperationsOf(Weights);

    /// <inheritdoc/>
    public override string Attributes => $"{RecurrentNames.Describe(Weights, Options)} frames={Frames} delay={Delay}{(StopsAtEnd ? $" length={Length}" : "")}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        return new Kernel(this, RecurrentLayer.Pack(Weights, Options, choice), slots);
    }

    [HotPath]
    private sealed class Kernel(RecurrentPulseNode node, RecurrentLayer layer, PlanSlots slots) : NodeKernel
    {
        private readonly int _steps = slots.OffsetOf(node.Clock.Steps);
        private readonly int _length = node.StopsAtEnd ? slots.OffsetOf(node.Clock.Length) : -1;
        private readonly StreamLength _formula = node.Length;
        private readonly int _hOffset = slots.OffsetOf(node.Memory.FieldH!);
        private readonly int _cOffset = node.Memory.FieldC is null ? 0 : slots.OffsetOf(node.Memory.FieldC);
        private readonly int _inputBytes = node.Weights.InputSize * sizeof(float);
        private readonly int _hiddenBytes = node.Weights.HiddenSize * sizeof(float);
        private readonly int _frames = node.Frames;
        private readonly int _delay = node.Delay;
        private readonly WireSlot _x = slots.Of(node.Inputs[0]);
        private readonly WireSlot _y = slots.Of(node.Outputs[0]);
        private readonly WireSlot _finalH = slots.Of(node.Outputs[1]);
        private readonly WireSlot _finalC = slots.Of(node.Outputs[2]);

        public override nint ScratchBytes(int maxLanes) => layer.ScratchBytes(maxLanes);

        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int frame = 0; frame < _frames; frame++)
            {
                for (int lane = 0; lane < context.Lanes;)
                {
                    int end = lane;
                    while (end < context.Lanes && IsInside(context.Rows[end], frame)) end++;
                    if (end > lane) Advance(in context, lane, end - lane, frame);
                    for (lane = end; lane < context.Lanes && !IsInside(context.Rows[lane], frame); lane++) new Span<byte>(context.At(_y, lane) + (frame * _hiddenBytes), _hiddenBytes).Clear();
                }
            }
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                if (_finalH.IsPresent) Buffer.MemoryCopy(context.Rows[lane] + _hOffset, context.At(_finalH, lane), _hiddenBytes, _hiddenBytes);
                if (_finalC.IsPresent) Buffer.MemoryCopy(context.Rows[lane] + _cOffset, context.At(_finalC, lane), _hiddenBytes, _hiddenBytes);
            }
        }

        private bool IsInside(byte* row, int frame)
        {
            long at = (*(long*)(row + _steps) * _frames) + frame - _delay;
            return at >= 0 && (_length < 0 || at < StreamClock.End(row, _length, _formula));
        }

        private void Advance(in StepContext context, int lane, int count, int frame) => layer.Step(
            context.At(_x, lane) + (frame * _inputBytes), _x.LaneStride, count, context.Rows + lane, _hOffset, _cOffset, context.At(_y, lane) + (frame * _hiddenBytes), _y.LaneStride, context.Scratch);
    }
}
