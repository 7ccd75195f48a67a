using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Streaming;

/// <summary>
/// Answers the newest frame of a stream at each step, and keeps the last one once the stream has ended. Frame j of step t is the stream's frame
/// i = t * p + j - <see cref="Delay"/>, p frames being given at each step; only frames with 0 &lt;= i &lt; length count. Before the first one the answer is zero.
/// </summary>
public sealed unsafe class LatestFrameNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">A name that no other node of the plan has: it names the state field.</param>
    /// <param name="clock">What the stream knows of its time.</param>
    /// <param name="input">A value with a time axis.</param>
    /// <param name="output">One frame of it.</param>
    /// <param name="axis">The time axis.</param>
    /// <param name="delay">Frames by which the input lags.</param>
    /// <param name="length">Frames of the input over the whole stream.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public LatestFrameNode(string name, StreamClock clock, Wire input, Wire output, int axis, int delay, StreamLength length) : base(name, "LatestFrame", [input], [output])
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(length);
        bool fits = input.Type == output.Type && input.Shape.Rank == output.Shape.Rank;
        for (int at = 0; fits && at < input.Shape.Rank; at++) fits = output.Shape[at] == (at == axis ? 1 : input.Shape[at]);
        if (!fits) throw new ArgumentException($"LatestFrame '{name}' of {input} along dimension {axis} does not give {output}.", nameof(output));
        Clock = clock;
        Axis = axis;
        Delay = delay;
        Length = length;
        Latest = new StateField(name, output.Type, output.Shape);
    }

    /// <summary>What the stream knows of its time.</summary>
    public StreamClock Clock { get; }

    /// <summary>The time axis.</summary>
    public int Axis { get; }

    /// <summary>Frames by which the input lags.</summary>
    public int Delay { get; }

    /// <summary>Frames of the input over the whole stream.</summary>
    public StreamLength Length { get; }

    /// <summary>[..., 1, ...] the newest frame.</summary>
    public StateField Latest { get; }

    /// <inheritdoc/>
    public override ImmutableArray<StateField> States => [Clock.Steps, Clock.Length, Latest];

    /// <inheritdoc/>
    public override string Attributes => $"axis={Axis} delay={Delay} length={Length}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        return new Kernel(this, slots);
    }

    [HotPath]
    private sealed class Kernel(LatestFrameNode node, PlanSlots slots) : NodeKernel
    {
        private readonly WireSlot _input = slots.Of(node.Inputs[0]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly int _steps = slots.OffsetOf(node.Clock.Steps);
        private readonly int _length = slots.OffsetOf(node.Clock.Length);
        private readonly int _latest = slots.OffsetOf(node.Latest);
        private readonly int _outer = node.Latest.Shape.ElementCountBetween(0, node.Axis);
        private readonly int _frames = node.Inputs[0]!.Shape[node.Axis];
        private readonly int _frameBytes = node.Latest.Shape.ElementCountBetween(node.Axis + 1, node.Latest.Shape.Rank) * node.Latest.Type.ByteSize();
        private readonly int _delay = node.Delay;
        private readonly StreamLength _formula = node.Length;

        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                byte* latest = context.Rows[lane] + _latest;
                long first = (*(long*)(context.Rows[lane] + _steps) * _frames) - _delay;
                long newest = Math.Min(first + _frames, StreamClock.End(context.Rows[lane], _length, _formula)) - 1;
                if (newest >= Math.Max(first, 0))
                {
                    byte* from = context.At(_input, lane) + ((newest - first) * _frameBytes);
                    for (int outer = 0; outer < _outer; outer++, from += (nint)_frames * _frameBytes) Buffer.MemoryCopy(from, latest + ((nint)outer * _frameBytes), _frameBytes, _frameBytes);
                }
                long bytes = (long)_outer * _frameBytes;
                Buffer.MemoryCopy(latest, context.At(_output, lane), bytes, bytes);
            }
        }
    }
}
