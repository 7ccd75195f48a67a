using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Operators.Reduction;
using SeqStream.Plan;

namespace SeqStream.Operators.Streaming;

/// <summary>
/// Sums a stream's frames one after the other, from its first frame on, and passes over the <see cref="Delay"/> frames before it, for which it answers zero. The sum
/// is kept from step to step, so it does not depend on how many frames a step has. float16 is summed in float32.
/// </summary>
public sealed class RunningSumNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">A name that no other node of the plan has: it names the state field.</param>
    /// <param name="clock">What the stream knows of its time.</param>
    /// <param name="input">Numbers with a time axis.</param>
    /// <param name="output">The sums, of the same type and shape.</param>
    /// <param name="axis">The time axis.</param>
    /// <param name="exclusive">True if a sum leaves out the frame at its own place.</param>
    /// <param name="delay">Frames by which the input lags.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public RunningSumNode(string name, StreamClock clock, Wire input, Wire output, int axis, bool exclusive, int delay) : base(name, "RunningSum", [input], [output])
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        if (input.Type != output.Type || input.Shape != output.Shape) throw new ArgumentException($"RunningSum '{name}' of {input} does not give {output}.", nameof(output));
        Clock = clock;
        Axis = axis;
        Exclusive = exclusive;
        Delay = delay;
        int[] frame = [.. input.Shape.Dimensions];
        frame[axis] = 1;
        Sum = new StateField(name, input.Type == ElementType.Float16 ? ElementType.Float32 : input.Type, new TensorShape(frame));
    }

    /// <summary>What the stream knows of its time.</summary>
    public StreamClock Clock { get; }

    /// <summary>The time axis.</summary>
    public int Axis { get; }

    /// <summary>True if a sum leaves out the frame at its own place.</summary>
    public bool Exclusive { get; }

    /// <summary>Frames by which the input lags.</summary>
    public int Delay { get; }

    /// <summary>[..., 1, ...] the sum of all frames so far.</summary>
    public StateField Sum { get; }

    /// <inheritdoc/>
    public override ImmutableArray<StateField> States => [Clock.Steps, Sum];

    /// <inheritdoc/>
    public override string Attributes => $"axis={Axis} exclusive={Exclusive} delay={Delay}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
        => Inputs[0]!.Type == ElementType.Float16 ? new Kernel<Half, float>(this, slots) : ElementSwitch.Numbers(Inputs[0]!.Type, new OfNumbers(this, slots));

    private readonly struct OfNumbers(RunningSumNode node, PlanSlots slots) : INumberFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => new Kernel<T, T>(node, slots);
    }

    private sealed unsafe class Kernel<T, TSum>(RunningSumNode node, PlanSlots slots) : NodeKernel where T : unmanaged, INumber<T> where TSum : unmanaged, INumber<TSum>
    {
        private readonly WireSlot _input = slots.Of(node.Inputs[0]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly int _steps = slots.OffsetOf(node.Clock.Steps);
        private readonly int _sum = slots.OffsetOf(node.Sum);
        private readonly AxisSplit _split = new(node.Inputs[0]!.Shape, [node.Axis]);
        private readonly bool _exclusive = node.Exclusive;
        private readonly int _delay = node.Delay;

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            int frames = _split.Columns.Length;
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                T* input = (T*)context.At(_input, lane);
                T* output = (T*)context.At(_output, lane);
                TSum* sums = (TSum*)(context.Rows[lane] + _sum);
                int skipped = (int)Math.Clamp(_delay - (*(long*)(context.Rows[lane] + _steps) * frames), 0, frames);
                for (int row = 0; row < _split.Rows.Length; row++) RunRow(input + _split.Rows[row], output + _split.Rows[row], sums + row, skipped);
            }
        }

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        private void RunRow(T* x, T* y, TSum* kept, int skipped)
        {
            ReadOnlySpan<int> columns = _split.Columns;
            TSum sum = *kept;
            for (int i = 0; i < skipped; i++) y[columns[i]] = T.Zero;
            for (int i = skipped; i < columns.Length; i++)
            {
                TSum next = sum + TSum.CreateTruncating(x[columns[i]]);
                y[columns[i]] = T.CreateTruncating(_exclusive ? sum : next);
                sum = next;
            }
            *kept = sum;
        }
    }
}
