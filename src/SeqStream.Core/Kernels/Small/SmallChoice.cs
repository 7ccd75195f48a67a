using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using SeqStream.Cells;
using SeqStream.Kernels.Fused;
using SeqStream.Weights;

namespace SeqStream.Kernels.Small;

/// <summary>Which of the small-weight kernels runs a layer.</summary>
internal static class SmallChoice
{
    private const int MostUnitsOfWideHalves = 64;
    /// <summary>A recurrent layer's kernels; null where float32 kernels run its weights' values.</summary>
    public static RecurrentLayer? TryPack(CellWeights weights, CellOptions options, KernelChoice choice)
    {
        if (!SmallRule.Runs(weights, options) || choice.InstructionSet == InstructionSet.Scalar || !IsFaster(weights.Form, choice.InstructionSet, weights.HiddenSize)) return null;
        return weights.Kind == CellKind.Lstm ? Cell<LstmShape>(weights, choice) : Cell<GruShape>(weights, choice);
    }

    /// <summary>A dense layer's kernels; null where float32 kernels run its weights' values.</summary>
    public static DenseLayer? TryPack(StoredMatrix weights, ReadOnlySpan<float> bias, KernelChoice choice)
    {
        if (!SmallRule.Runs(weights)) return null;
        float[] own = bias.IsEmpty ? new float[weights.Rows] : bias.ToArray();
        if (choice.InstructionSet == InstructionSet.Scalar) return weights.Form.IsInteger() ? new ScalarByteDense(weights, own) : null;
        if (!IsFaster(weights.Form, choice.InstructionSet, int.MaxValue)) return null;
        return Build<LstmShape, DenseLayer>(weights.Form, choice, new DenseBuilder(SmallShape.OfDense(weights, own), weights.Columns, weights.Rows));
    }

    /// <summary>
    /// Half precision takes five instructions to widen a pair: it pays where a step waits for its weights, on vectors of 512 bits. bfloat16 takes two, and pays
    /// unless a multiplication and an addition are two more.
    /// </summary>
    private static bool IsFaster(WeightForm form, InstructionSet set, int units) => form switch
    {
        WeightForm.Float16 => set == InstructionSet.Vector512 && units > MostUnitsOfWideHalves,
        WeightForm.BFloat16 => set != InstructionSet.Vector128 || Fma.IsSupported || AdvSimd.IsSupported,
        _ => true,
    };

    private static RecurrentLayer Cell<TCell>(CellWeights weights, KernelChoice choice)
        where TCell : struct, ICellShape
        => Build<TCell, RecurrentLayer>(weights.Form, choice, new CellBuilder<TCell>(weights, SmallShape.OfCell(weights.StoredInput!, weights.StoredRecurrent!, weights.HiddenSize, BiasOf(weights))));

    /// <summary>[4, units]: what each of the four sums starts at.</summary>
    private static float[] BiasOf(CellWeights weights)
    {
        int units = weights.HiddenSize, gates = weights.Gates;
        float[] bias = new float[4 * units];
        if (weights.Bias is not { } both) return bias;
        for (int slot = 0; slot < 4; slot++)
        {
            for (int u = 0; u < units; u++)
            {
                bool hasInput = gates == 4 || slot < 3, hasRecurrent = gates == 4 || slot != 2;
                int gate = gates == 3 && slot == 3 ? 2 : slot;
                bias[slot * units + u] = (hasInput ? both[gate * units + u] : 0) + (hasRecurrent ? both[(gates + gate) * units + u] : 0);
            }
        }
        return bias;
    }

    private static TLayer Build<TCell, TLayer>(WeightForm form, KernelChoice choice, IBuilder<TLayer> builder)
        where TCell : struct, ICellShape
        => choice.InstructionSet switch
        {
            InstructionSet.Vector512 when CodeGeneration.Has512 => form switch
            {
                WeightForm.BFloat16 => builder.Build<Vector512<float>, Simd512, PairKernel<Vector512<float>, Simd512, TCell, BFloat16Pairs>>(),
                WeightForm.Float16 => builder.Build<Vector512<float>, Simd512, PairKernel<Vector512<float>, Simd512, TCell, Float16Pairs>>(),
                WeightForm.Int8 => builder.Build<Vector512<float>, Simd512, ByteKernel<Vector512<float>, Simd512, Vector256<int>, ByteDot256, Vector256<float>, Simd256, TCell, EightBits>>(),
                _ => builder.Build<Vector512<float>, Simd512, ByteKernel<Vector512<float>, Simd512, Vector256<int>, ByteDot256, Vector256<float>, Simd256, TCell, FourBits>>(),
            },
            InstructionSet.Vector256 when CodeGeneration.Has256 => form switch
            {
                WeightForm.BFloat16 => builder.Build<Vector256<float>, Simd256, PairKernel<Vector256<float>, Simd256, TCell, BFloat16Pairs>>(),
                WeightForm.Float16 => builder.Build<Vector256<float>, Simd256, PairKernel<Vector256<float>, Simd256, TCell, Float16Pairs>>(),
                WeightForm.Int8 => builder.Build<Vector256<float>, Simd256, ByteKernel<Vector256<float>, Simd256, Vector256<int>, ByteDot256, Vector256<float>, Simd256, TCell, EightBits>>(),
                _ => builder.Build<Vector256<float>, Simd256, ByteKernel<Vector256<float>, Simd256, Vector256<int>, ByteDot256, Vector256<float>, Simd256, TCell, FourBits>>(),
            },
            InstructionSet.Vector128 when CodeGeneration.Has128 => form switch
            {
                WeightForm.BFloat16 => builder.Build<Vector128<float>, Simd128, PairKernel<Vector128<float>, Simd128, TCell, BFloat16Pairs>>(),
                WeightForm.Float16 => builder.Build<Vector128<float>, Simd128, PairKernel<Vector128<float>, Simd128, TCell, Float16Pairs>>(),
                WeightForm.Int8 => builder.Build<Vector128<float>, Simd128, ByteKernel<Vector128<float>, Simd128, Vector128<int>, ByteDot128, Vector128<float>, Simd128, TCell, EightBits>>(),
                _ => builder.Build<Vector128<float>, Simd128, ByteKernel<Vector128<float>, Simd128, Vector128<int>, ByteDot128, Vector128<float>, Simd128, TCell, FourBits>>(),
            },
            _ => throw new PlatformNotSupportedException($"There are no kernels of {choice.InstructionSet} for weights in the form {form.ShortName()}."),
        };

    /// <summary>Makes a layer of one kind on any kernel.</summary>
    private interface IBuilder<TLayer>
    {
        TLayer Build<TV, TSimd, TKernel>()
            where TV : unmanaged
            where TSimd : struct, ISimd<TV>
            where TKernel : struct, ISmallKernel;
    }

    private sealed class CellBuilder<TCell>(CellWeights weights, SmallShape shape) : IBuilder<RecurrentLayer>
        where TCell : struct, ICellShape
    {
        public RecurrentLayer Build<TV, TSimd, TKernel>()
            where TV : unmanaged
            where TSimd : struct, ISimd<TV>
            where TKernel : struct, ISmallKernel
            => new SmallLayer<TV, TSimd, TCell, TKernel>(weights, shape);
    }

    private sealed class DenseBuilder(SmallShape shape, int k, int columns) : IBuilder<DenseLayer>
    {
        public DenseLayer Build<TV, TSimd, TKernel>()
            where TV : unmanaged
            where TSimd : struct, ISimd<TV>
            where TKernel : struct, ISmallKernel
            => new SmallDense<TV, TSimd, TKernel>(shape, k, columns);
    }
}
