using System.Collections.Immutable;
using SeqStream.Operators.Windows;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>The attributes that convolutions and pools share, for one to three spatial dimensions.</summary>
internal sealed class WindowAttributes
{
    private const int MostDimensions = 3;
    private const long MostMeetings = 1 << 25;
    private readonly NodeContext _node;
    private readonly int[] _kernel;    // [Rank]
    private readonly int[] _strides;   // [Rank]
    private readonly int[] _dilations; // [Rank]
    private readonly int[] _before;    // [Rank] explicit padding
    private readonly int[] _after;     // [Rank]
    private readonly string _autoPad;

    private WindowAttributes(NodeContext node, int rank, long[] kernel)
    {
        _node = node;
        Rank = rank;
        _kernel = Positive("kernel_shape", kernel);
        _strides = Positive("strides", node.Ints("strides"));
        _dilations = Positive("dilations", node.Ints("dilations"));
        long[] pads = node.Ints("pads") ?? new long[2 * rank];
        if (pads.Length != 2 * rank) throw node.Broken($"attribute 'pads' has {pads.Length} elements; expected {2 * rank}");
        int[] checkedPads = node.Dimensions(pads);
        _before = checkedPads[..rank];
        _after = checkedPads[rank..];
        _autoPad = node.Text("auto_pad", "NOTSET");
        if (_autoPad is not ("NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER"))
        {
            throw node.Broken($"attribute 'auto_pad' is '{_autoPad}'; expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
        }
    }

    /// <summary>Number of spatial dimensions.</summary>
    public int Rank { get; }

    /// <param name="node">The node.</param>
    /// <param name="x">[images, channels, spatial...].</param>
    /// <param name="weightKernel">The kernel's dimensions in the weight; a default span where attribute 'kernel_shape' alone says them.</param>
    public static WindowAttributes Read(NodeContext node, Wire x, ReadOnlySpan<int> weightKernel)
    {
        int rank = x.Shape.Rank - 2;
        if (rank is < 1 or > MostDimensions)
        {
            throw node.Refuse($"{x} has {rank} spatial dimensions; expected 1 to {MostDimensions}", "Export the model with [batch, channels, spatial...] inputs");
        }
        long[]? kernel = node.Ints("kernel_shape");
        if (kernel is null)
        {
            kernel = new long[weightKernel.Length];
            for (int i = 0; i < kernel.Length; i++) kernel[i] = weightKernel[i];
        }
        return new WindowAttributes(node, rank, kernel);
    }

    /// <summary>A window over the input: of a convolution or a pool. <paramref name="after"/> is the padding after the last element.</summary>
    public Window OverInput(TensorShape input, bool ceiling, out ImmutableArray<int> after)
    {
        checked
        {
            int[] before = new int[Rank], behind = new int[Rank], output = new int[Rank];
            for (int axis = 0; axis < Rank; axis++)
            {
                int size = input[axis + 2], reach = checked(((_kernel[axis] - 1) * _dilations[axis]) + 1), stride = _strides[axis];
                if (_autoPad.StartsWith("SAME", StringComparison.Ordinal))
                {
                    output[axis] = (size + stride - 1) / stride;
                    (before[axis], behind[axis]) = Halves(Math.Max(0, ((output[axis] - 1) * stride) + reach - size));
                    continue;
                }
                if (_autoPad == "NOTSET") (before[axis], behind[axis]) = (_before[axis], _after[axis]);
                int room = checked(size + before[axis] + behind[axis] - reach);
                if (room < 0)
                {
                    throw _node.Broken($"a window of {reach} does not fit into {size + before[axis] + behind[axis]} elements along spatial dimension {axis}");
                }
                output[axis] = ((ceiling ? room + stride - 1 : room) / stride) + 1;
                // A window must begin on an element or in the padding before it.
                if (ceiling && (output[axis] - 1) * stride >= size + before[axis]) output[axis]--;
            }
            after = Three(behind, 0);
            return Bounded(_node, new Window(Three(Spatial(input), 1), Three(_kernel, 1), Three(_strides, 1), Three(_dilations, 1), Three(before, 0), Three(output, 1)));
        }
    }

    /// <summary>A window over the output of a transposed convolution, with a place for each input element.</summary>
    public Window OverOutput(TensorShape input, long[]? outputPadding, long[]? outputShape)
    {
        checked
        {
            int[] extra = outputPadding is null ? new int[Rank] : _node.Dimensions(outputPadding);
            int[] before = new int[Rank], output = new int[Rank];
            for (int axis = 0; axis < Rank; axis++)
            {
                int size = input[axis + 2], reach = checked(((_kernel[axis] - 1) * _dilations[axis]) + 1);
                int whole = checked((_strides[axis] * (size - 1)) + extra[axis] + reach);
                bool same = _autoPad.StartsWith("SAME", StringComparison.Ordinal);
                if (outputShape is not null || same)
                {
                    output[axis] = outputShape is null ? size * _strides[axis] : checked((int)outputShape[outputShape.Length - Rank + axis]);
                    before[axis] = Math.Max(0, Halves(whole - output[axis]).Before);
                    continue;
                }
                before[axis] = _autoPad == "NOTSET" ? _before[axis] : 0;
                output[axis] = whole - before[axis] - (_autoPad == "NOTSET" ? _after[axis] : 0);
            }
            return Bounded(_node, new Window(Three(output, 1), Three(_kernel, 1), Three(_strides, 1), Three(_dilations, 1), Three(before, 0), Three(Spatial(input), 1)));
        }
    }

    /// <summary>The window itself, if a table of where its places and elements meet is of bounded size.</summary>
    /// <exception cref="LoweringException">It is not.</exception>
    public static Window Bounded(NodeContext node, Window window)
    {
        bool hasRoom = Count(window.Input) <= int.MaxValue && Count(window.Output) * Count(window.Kernel) <= MostMeetings;
        if (!hasRoom) throw node.Refuse($"a window of {string.Join('x', window.Kernel)} at {string.Join('x', window.Output)} places over {string.Join('x', window.Input)} elements is more than the limit of {MostMeetings} elements of all places", "Use smaller dimensions");
        return window;
    }

    private static double Count(ImmutableArray<int> sizes) => sizes.Aggregate(1.0, static (product, size) => product * size);

    /// <summary>Total padding divided: the odd element goes after with SAME_UPPER, before otherwise.</summary>
    private (int Before, int After) Halves(int total) => _autoPad == "SAME_UPPER" ? (total / 2, total - (total / 2)) : (total - (total / 2), total / 2);

    private int[] Spatial(TensorShape input) => [.. input.Dimensions.AsSpan()[2..]];

    private int[] Positive(string name, long[]? values)
    {
        if (values is null)
        {
            int[] ones = new int[Rank];
            Array.Fill(ones, 1);
            return ones;
        }
        if (values.Length != Rank || Array.Exists(values, static value => value is < 1 or > int.MaxValue))
        {
            throw _node.Broken($"attribute '{name}' is [{string.Join(", ", values)}]; expected {Rank} positive sizes");
        }
        return Array.ConvertAll(values, static value => (int)value);
    }

    private static ImmutableArray<int> Three(int[] values, int fill) => [.. Enumerable.Repeat(fill, MostDimensions - values.Length), .. values];
}
