using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Streaming;

/// <summary>
/// Holds back the newest <see cref="Wait"/> frames of a stream and shows the <see cref="Overlap"/> frames before the rest again. With p frames per step the
/// output has p + Overlap; they are the first ones of the remembered Wait + Overlap frames followed by the p new ones. The last Wait + Overlap
/// frames of that row are remembered.
/// <code>
/// remembered [wait + overlap] | new [p]
/// output     [p + overlap]            |
///            remembered [wait + overlap] for the next step, at the end of the row
/// </code>
/// </summary>
public sealed unsafe class DelayNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">A name that no other node of the plan has: it names the state field.</param>
    /// <param name="input">A value with a time axis.</param>
    /// <param name="output">The same value, <paramref name="overlap"/> frames longer.</param>
    /// <param name="axis">The time axis.</param>
    /// <param name="wait">Frames held back.</param>
    /// <param name="overlap">Frames shown again.</param>
    /// <param name="fill">One element: what the frames before the stream's first are made of; null for zeros.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public DelayNode(string name, Wire input, Wire output, int axis, int wait, int overlap, ConstantTensor? fill) : base(name, "Delay", [input], [output])
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        bool fits = input.Type == output.Type && input.Shape.Rank == output.Shape.Rank && wait >= 0 && overlap >= 0 && (fill is null || (fill.Type == input.Type && fill.Shape.ElementCount == 1));
        for (int at = 0; fits && at < input.Shape.Rank; at++) fits = output.Shape[at] == input.Shape[at] + (at == axis ? overlap : 0);
        if (!fits) throw new ArgumentException($"Delay '{name}' of {input} by {wait} with overlap {overlap} along dimension {axis} does not give {output}.", nameof(output));
        Axis = axis;
        Wait = wait;
        Overlap = overlap;
        Fill = fill;
        int[] remembered = [.. input.Shape.Dimensions];
        remembered[axis] = checked(wait + overlap);
        TensorShape shape = new(remembered);
        Past = new StateField(name, input.Type, shape, fill is null ? null : Repeat(fill, shape));
    }

    /// <summary>The time axis.</summary>
    public int Axis { get; }

    /// <summary>Frames held back.</summary>
    public int Wait { get; }

    /// <summary>Frames shown again.</summary>
    public int Overlap { get; }

    /// <summary>What the frames before the stream's first are made of; null for zeros.</summary>
    public ConstantTensor? Fill { get; }

    /// <summary>[..., Wait + Overlap, ...] the frames that are remembered, oldest first.</summary>
    public StateField Past { get; }

    /// <inheritdoc/>
    public override ImmutableArray<StateField> States => [Past];

    /// <inheritdoc/>
    public override string Attributes => $"axis={Axis} wait={Wait} overlap={Overlap}{(Fill is null ? "" : $" fill=0x{Convert.ToHexString(Fill.Bytes)}")}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        return new Kernel(this, slots);
    }

    private static ConstantTensor Repeat(ConstantTensor fill, TensorShape shape)
    {
        byte[] bytes = new byte[shape.ElementCount * fill.Bytes.Length];
        for (int at = 0; at < bytes.Length; at += fill.Bytes.Length) fill.Bytes.CopyTo(bytes.AsSpan(at));
        return new ConstantTensor(fill.Type, shape, bytes);
    }

    [HotPath]
    private sealed class Kernel(DelayNode node, PlanSlots slots) : NodeKernel
    {
        private readonly WireSlot _input = slots.Of(node.Inputs[0]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly int _past = slots.OffsetOf(node.Past);
        private readonly int _outer = node.Past.Shape.ElementCountBetween(0, node.Axis);
        private readonly int _pastBytes = node.Past.Shape.ElementCountBetween(node.Axis, node.Past.Shape.Rank) * node.Past.Type.ByteSize();
        private readonly int _newBytes = node.Inputs[0]!.Shape.ElementCountBetween(node.Axis, node.Past.Shape.Rank) * node.Past.Type.ByteSize();
        private readonly int _shownBytes = node.Outputs[0]!.Shape.ElementCountBetween(node.Axis, node.Past.Shape.Rank) * node.Past.Type.ByteSize();

        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            if (_pastBytes + _newBytes == _shownBytes) ShowAll(in context);
            else HoldBack(in context);
        }

        /// <summary>Without a wait the output's row is what is remembered and the new frames, and its end is what is remembered next.</summary>
        [MethodImpl(CodeGeneration.Kernel)]
        private void ShowAll(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                byte* input = context.At(_input, lane);
                byte* output = context.At(_output, lane);
                byte* past = context.Rows[lane] + _past;
                for (int outer = 0; outer < _outer; outer++, input += _newBytes, output += _shownBytes, past += _pastBytes)
                {
                    new ReadOnlySpan<byte>(past, _pastBytes).CopyTo(new Span<byte>(output, _pastBytes));
                    if (_newBytes == sizeof(int)) *(int*)(output + _pastBytes) = *(int*)input;
                    else new ReadOnlySpan<byte>(input, _newBytes).CopyTo(new Span<byte>(output + _pastBytes, _newBytes));
                    new ReadOnlySpan<byte>(output + _newBytes, _pastBytes).CopyTo(new Span<byte>(past, _pastBytes));
                }
            }
        }

        [MethodImpl(CodeGeneration.Kernel)]
        private void HoldBack(in StepContext context)
        {
            int fromPast = Math.Min(_pastBytes, _shownBytes), kept = Math.Max(_pastBytes - _newBytes, 0);
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                byte* input = context.At(_input, lane);
                byte* output = context.At(_output, lane);
                byte* past = context.Rows[lane] + _past;
                for (int outer = 0; outer < _outer; outer++, input += _newBytes, output += _shownBytes, past += _pastBytes)
                {
                    Buffer.MemoryCopy(past, output, fromPast, fromPast);
                    Buffer.MemoryCopy(input, output + fromPast, _shownBytes - fromPast, _shownBytes - fromPast);
                    Buffer.MemoryCopy(past + _pastBytes - kept, past, kept, kept);
                    int added = _pastBytes - kept;
                    Buffer.MemoryCopy(input + _newBytes - added, past + kept, added, added);
                }
            }
        }
    }
}
