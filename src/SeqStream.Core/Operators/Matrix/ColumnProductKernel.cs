using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Matrix;

/// <summary>
/// left * right of float32 that lie row by row, a vector of columns at a time, for factors that are both computed in the step. Every sum runs over the inner dimension in order and is
/// rounded behind each product and each sum, as in the plain loops of <see cref="MatrixProductKernel{T, TSum}"/>, so the bits are theirs.
/// </summary>
internal sealed unsafe class ColumnProductKernel(MatrixProductNode node, PlanSlots slots) : NodeKernel
{
    private const int Block = 32;
    private readonly WireSlot _left = slots.Of(node.Inputs[0]);
    private readonly WireSlot _right = slots.Of(node.Inputs[1]);
    private readonly WireSlot _output = slots.Of(node.Outputs[0]);
    private readonly int _rows = node.Rows;
    private readonly int _inner = node.Inner;
    private readonly int _columns = node.Columns;
    private readonly int[] _leftStarts = MatrixProductKernel<float, float>.Starts(MatrixProductNode.Batches(node.Inputs[0]!), MatrixProductNode.Batches(node.Outputs[0]!), node.Rows * node.Inner);
    private readonly int[] _rightStarts = MatrixProductKernel<float, float>.Starts(MatrixProductNode.Batches(node.Inputs[1]!), MatrixProductNode.Batches(node.Outputs[0]!), node.Inner * node.Columns);

    /// <summary>True if the kernel computes the node.</summary>
    public static bool Accepts(MatrixProductNode node)
        => node.Outputs[0]!.Type == ElementType.Float32 && node.Inputs.Length == 2 && node.Options is { TransposeLeft: false, TransposeRight: false, Alpha: 1 };

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Run(in StepContext context)
    {
        for (int lane = 0; lane < context.Lanes; lane++)
        {
            float* output = (float*)context.At(_output, lane);
            float* left = (float*)context.At(_left, lane);
            float* right = (float*)context.At(_right, lane);
            for (int batch = 0; batch < _leftStarts.Length; batch++)
            {
                for (int row = 0; row < _rows; row++, output += _columns) RunRow(left + _leftStarts[batch] + ((nint)row * _inner), right + _rightStarts[batch], output);
            }
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void RunRow(float* a, float* b, float* y)
    {
        nint columns = _columns, inner = _inner, column = 0;
        for (; column + Block <= columns; column += Block)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            float* place = b + column;
            for (nint k = 0; k < inner; k++, place += columns)
            {
                Vector256<float> factor = Vector256.Create(a[k]);
                s0 += factor * Vector256.Load(place);
                s1 += factor * Vector256.Load(place + 8);
                s2 += factor * Vector256.Load(place + 16);
                s3 += factor * Vector256.Load(place + 24);
            }
            s0.Store(y + column);
            s1.Store(y + column + 8);
            s2.Store(y + column + 16);
            s3.Store(y + column + 24);
        }
        for (; column + 4 <= columns; column += 4)
        {
            Vector128<float> sum = default;
            for (nint k = 0; k < inner; k++) sum += Vector128.Create(a[k]) * Vector128.Load(b + (k * columns) + column);
            sum.Store(y + column);
        }
        for (; column < columns; column++)
        {
            float sum = 0;
            for (nint k = 0; k < inner; k++) sum += a[k] * b[(k * columns) + column];
            y[column] = sum;
        }
    }
}
