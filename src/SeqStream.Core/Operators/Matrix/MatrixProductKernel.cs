using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Matrix;

/// <summary>Plain loops, sums kept as <typeparamref name="TSum"/>: for factors that are both computed in the step, and for types without a faster kernel.</summary>
internal sealed unsafe class MatrixProductKernel<T, TSum> : NodeKernel
    where T : unmanaged, INumber<T>
    where TSum : unmanaged, INumber<TSum>
{
    private readonly WireSlot _left;
    private readonly WireSlot _right;
    private readonly WireSlot _addend;
    private readonly WireSlot _output;
    private readonly int _rows;
    private readonly int _inner;
    private readonly int _columns;
    private readonly bool _transposeLeft;
    private readonly bool _transposeRight;
    private readonly TSum _alpha;
    private readonly TSum _beta;
    private readonly int[] _leftStarts;  // [batches]
    private readonly int[] _rightStarts; // [batches]
    private readonly int[] _addendStarts; // [batches * rows * columns] or empty

    public MatrixProductKernel(MatrixProductNode node, PlanSlots slots)
    {
        Wire left = node.Inputs[0]!, right = node.Inputs[1]!, output = node.Outputs[0]!;
        Wire? addend = node.Inputs.Length > 2 ? node.Inputs[2] : null;
        (_left, _right, _addend, _output) = (slots.Of(left), slots.Of(right), slots.Of(addend), slots.Of(output));
        (_rows, _inner, _columns) = (node.Rows, node.Inner, node.Columns);
        (_transposeLeft, _transposeRight) = (node.Options.TransposeLeft, node.Options.TransposeRight);
        _alpha = TSum.CreateTruncating(node.Options.Alpha);
        _beta = TSum.CreateTruncating(node.Options.Beta);
        TensorShape batches = MatrixProductNode.Batches(output);
        _leftStarts = Starts(MatrixProductNode.Batches(left), batches, _rows * _inner);
        _rightStarts = Starts(MatrixProductNode.Batches(right), batches, _inner * _columns);
        _addendStarts = addend is null ? [] : Starts(addend.Shape, output.Shape, 1);
    }

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Run(in StepContext context)
    {
        for (int lane = 0; lane < context.Lanes; lane++)
        {
            T* output = (T*)context.At(_output, lane);
            T* left = (T*)context.At(_left, lane);
            T* right = (T*)context.At(_right, lane);
            T* addend = _addend.IsPresent ? (T*)context.At(_addend, lane) : null;
            int element = 0;
            for (int batch = 0; batch < _leftStarts.Length; batch++)
            {
                for (int row = 0; row < _rows; row++)
                {
                    for (int column = 0; column < _columns; column++, element++)
                    {
                        TSum sum = _alpha * Dot(left + _leftStarts[batch], row, right + _rightStarts[batch], column);
                        if (addend is not null) sum += _beta * TSum.CreateTruncating(addend[_addendStarts[element]]);
                        output[element] = T.CreateTruncating(sum);
                    }
                }
            }
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private TSum Dot(T* left, int row, T* right, int column)
    {
        nint stepLeft = _transposeLeft ? _rows : 1;
        nint stepRight = _transposeRight ? 1 : _columns;
        T* a = _transposeLeft ? left + row : left + ((nint)row * _inner);
        T* b = _transposeRight ? right + ((nint)column * _inner) : right + column;
        TSum sum = TSum.Zero;
        for (nint k = 0; k < _inner; k++) sum += TSum.CreateTruncating(a[k * stepLeft]) * TSum.CreateTruncating(b[k * stepRight]);
        return sum;
    }

    /// <summary>For each index of <paramref name="target"/>, the first element of the block of <paramref name="unit"/> elements it means in a tensor that broadcasts to it.</summary>
    internal static int[] Starts(TensorShape shape, TensorShape target, int unit)
    {
        int[] strides = Broadcasting.Strides(shape, target);
        int[] starts = new int[target.ElementCount];
        for (int i = 0; i < starts.Length; i++)
        {
            int rest = i;
            for (int axis = target.Rank - 1; axis >= 0; axis--)
            {
                (rest, int index) = Math.DivRem(rest, target[axis]);
                starts[i] += index * strides[axis] * unit;
            }
        }
        return starts;
    }
}
