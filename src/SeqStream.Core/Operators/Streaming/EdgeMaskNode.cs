using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Streaming;

/// <summary>
/// Overwrites the frames before a stream's first and after its last. Frame j of step t is the stream's frame i = t * p + j - <see cref="Delay"/>, p frames being
/// given at each step; it is kept where 0 &lt;= i &lt; length. Just before and after, the frames of a prefix and a suffix are put, elsewhere a fill value.
/// </summary>
public sealed unsafe class EdgeMaskNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="clock">What the stream knows of its time.</param>
    /// <param name="input">A value with a time axis.</param>
    /// <param name="fill">Constant of one element.</param>
    /// <param name="prefix">Constant [..., n, ...] that comes just before the first frame; or null.</param>
    /// <param name="suffix">Constant [..., m, ...] that comes just after the last frame; or null.</param>
    /// <param name="output">The result, as large as the input.</param>
    /// <param name="axis">The time axis.</param>
    /// <param name="delay">Frames by which the input lags.</param>
    /// <param name="length">Frames of the input over the whole stream.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public EdgeMaskNode(string name, StreamClock clock, Wire input, Wire fill, Wire? prefix, Wire? suffix, Wire output, int axis, int delay, StreamLength length)
        : base(name, "EdgeMask", [input, fill, prefix, suffix], [output])
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        bool fits = input.Type == output.Type && input.Shape == output.Shape && fill is { Constant: not null, Shape.ElementCount: 1 };
        foreach (Wire? wire in (ReadOnlySpan<Wire?>)[fill, prefix, suffix])
        {
            if (wire is null) continue;
            fits = fits && wire.Type == input.Type && wire.Constant is not null;
            for (int at = 0; fits && wire != fill && at < input.Shape.Rank; at++) fits = wire.Shape.Rank == input.Shape.Rank && (at == axis || wire.Shape[at] == input.Shape[at]);
        }
        if (!fits) throw new ArgumentException($"EdgeMask '{name}' of {input} with fill {fill}, prefix {prefix} and suffix {suffix} along dimension {axis} does not give {output}.", nameof(output));
        Clock = clock;
        Axis = axis;
        Delay = delay;
        Length = length;
    }

    /// <summary>What the stream knows of its time.</summary>
    public StreamClock Clock { get; }

    /// <summary>The time axis.</summary>
    public int Axis { get; }

    /// <summary>Frames by which the input lags.</summary>
    public int Delay { get; }

    /// <summary>Frames of the input over the whole stream.</summary>
    public StreamLength Length { get; }

    /// <inheritdoc/>
    public override ImmutableArray<StateField> States => [Clock.Steps, Clock.Length];

    /// <inheritdoc/>
    public override string Attributes => $"axis={Axis} delay={Delay} length={Length}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        return new Kernel(this, slots);
    }

    private sealed class Kernel : NodeKernel
    {
        private readonly WireSlot _input, _output, _prefix, _suffix;
        private readonly int _steps, _length;                 // offsets in the row
        private readonly int _outer, _frames, _frameBytes, _delay;
        private readonly int _prefixFrames, _suffixFrames;
        private readonly StreamLength _formula;
        private readonly byte[] _fill;                         // one frame

        public Kernel(EdgeMaskNode node, PlanSlots slots)
        {
            Wire input = node.Inputs[0]!;
            (_input, _output, _prefix, _suffix) = (slots.Of(input), slots.Of(node.Outputs[0]), slots.Of(node.Inputs[2]), slots.Of(node.Inputs[3]));
            (_steps, _length) = (slots.OffsetOf(node.Clock.Steps), slots.OffsetOf(node.Clock.Length));
            _outer = input.Shape.ElementCountBetween(0, node.Axis);
            _frames = input.Shape[node.Axis];
            _frameBytes = input.Shape.ElementCountBetween(node.Axis + 1, input.Shape.Rank) * input.Type.ByteSize();
            _delay = node.Delay;
            _formula = node.Length;
            _prefixFrames = node.Inputs[2]?.Shape[node.Axis] ?? 0;
            _suffixFrames = node.Inputs[3]?.Shape[node.Axis] ?? 0;
            ReadOnlySpan<byte> element = node.Inputs[1]!.Constant!.Bytes;
            _fill = new byte[_frameBytes];
            for (int at = 0; at < _frameBytes; at += element.Length) element.CopyTo(_fill.AsSpan(at));
        }

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            long bytes = (long)_outer * _frames * _frameBytes;
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                byte* input = context.At(_input, lane);
                byte* output = context.At(_output, lane);
                long first = (*(long*)(context.Rows[lane] + _steps) * _frames) - _delay;
                long end = StreamClock.End(context.Rows[lane], _length, _formula);
                if (first >= 0 && first <= end - _frames) Buffer.MemoryCopy(input, output, bytes, bytes);
                else Mask(in context, lane, input, output, first, end);
            }
        }

        [HotPath]
        private void Mask(in StepContext context, int lane, byte* input, byte* output, long first, long end)
        {
            for (int outer = 0; outer < _outer; outer++)
            {
                for (int j = 0; j < _frames; j++, input += _frameBytes, output += _frameBytes)
                {
                    long i = first + j, after = i - end;
                    byte* from = input;
                    if (i < 0) from = i >= -_prefixFrames ? context.At(_prefix, lane) + (((outer * _prefixFrames) + _prefixFrames + i) * _frameBytes) : null;
                    else if (after >= 0) from = after < _suffixFrames ? context.At(_suffix, lane) + (((outer * _suffixFrames) + after) * _frameBytes) : null;
                    if (from is null) _fill.CopyTo(new Span<byte>(output, _frameBytes));
                    else Buffer.MemoryCopy(from, output, _frameBytes, _frameBytes);
                }
            }
        }
    }
}
