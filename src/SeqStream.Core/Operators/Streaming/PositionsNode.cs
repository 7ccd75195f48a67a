using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Streaming;

/// <summary>Counts a stream's frames: frame i gets <see cref="First"/> + i * <see cref="Increment"/>, computed in float64 and saturated.</summary>
public sealed class PositionsNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="clock">What the stream knows of its time.</param>
    /// <param name="output">Numbers, [frames of a step].</param>
    /// <param name="first">The number of frame 0.</param>
    /// <param name="increment">The distance of one frame's number from the one before.</param>
    public PositionsNode(string name, StreamClock clock, Wire output, double first, double increment) : base(name, "Positions", [], [output])
    {
        ArgumentNullException.ThrowIfNull(clock);
        Clock = clock;
        First = first;
        Increment = increment;
    }

    /// <summary>What the stream knows of its time.</summary>
    public StreamClock Clock { get; }

    /// <summary>The number of frame 0.</summary>
    public double First { get; }

    /// <summary>The distance of one frame's number from the one before.</summary>
    public double Increment { get; }

    /// <inheritdoc/>
    public override ImmutableArray<StateField> States => [Clock.Steps];

    /// <inheritdoc/>
    public override string Attributes => FormattableString.Invariant($"first={First:R} increment={Increment:R}");

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => ElementSwitch.Numbers(Outputs[0]!.Type, new OfNumbers(this, slots));

    private readonly struct OfNumbers(PositionsNode node, PlanSlots slots) : INumberFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => new Kernel<T>(node, slots);
    }

    private sealed unsafe class Kernel<T>(PositionsNode node, PlanSlots slots) : NodeKernel where T : unmanaged, INumber<T>
    {
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly int _steps = slots.OffsetOf(node.Clock.Steps);
        private readonly int _frames = node.Outputs[0]!.Shape.ElementCount;
        private readonly double _first = node.First;
        private readonly double _increment = node.Increment;

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                T* output = (T*)context.At(_output, lane);
                long position = *(long*)(context.Rows[lane] + _steps) * _frames;
                for (int frame = 0; frame < _frames; frame++) output[frame] = T.CreateSaturating(_first + ((position + frame) * _increment));
            }
        }
    }
}
