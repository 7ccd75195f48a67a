using System.Runtime.Intrinsics;
using SeqStream.Kernels.Dense;
using SeqStream.Kernels.Small;
using SeqStream.Weights;

namespace SeqStream.Kernels;

/// <summary>
/// y = x W + b with W packed for one instruction set: immutable, so any number of threads may multiply at once. A row's bits do not depend on
/// the number of rows or the row's place.
/// </summary>
public abstract unsafe class DenseLayer
{
    private protected DenseLayer(int k, int columns)
    {
        K = k;
        Columns = columns;
    }

    /// <summary>Values of a row of x.</summary>
    public int K { get; }

    /// <summary>Values of a row of y.</summary>
    public int Columns { get; }

    /// <summary>Rows of the largest register tile.</summary>
    protected abstract int LargestTile { get; }

    /// <summary>Packs a weight matrix.</summary>
    /// <param name="weights">[k, n], or [n, k] if <paramref name="transposed"/></param>
    /// <param name="k">Values of a row of x, at least 1.</param>
    /// <param name="n">Values of a row of y, at least 1.</param>
    /// <param name="transposed">The weights are [n, k].</param>
    /// <param name="bias">[n], or empty for zeros</param>
    /// <param name="choice">The instructions to use.</param>
    /// <exception cref="ArgumentException">An array's length does not fit the sizes.</exception>
    public static DenseLayer Pack(ReadOnlySpan<float> weights, int k, int n, bool transposed, ReadOnlySpan<float> bias, KernelChoice choice)
    {
        ArgumentNullException.ThrowIfNull(choice);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        if (weights.Length != (long)k * n) throw new ArgumentException($"A dense layer of {k} x {n} needs {(long)k * n} weights, but {weights.Length} were given.", nameof(weights));
        if (!bias.IsEmpty && bias.Length != n) throw new ArgumentException($"A dense layer of {k} x {n} needs {n} biases or none, but {bias.Length} were given.", nameof(bias));
        return choice.InstructionSet switch
        {
            InstructionSet.Vector512 when CodeGeneration.Has512 => new VectorDense<Vector512<float>, Simd512>(weights, k, n, transposed, bias),
            InstructionSet.Vector256 when CodeGeneration.Has256 => new VectorDense<Vector256<float>, Simd256>(weights, k, n, transposed, bias),
            InstructionSet.Vector128 when CodeGeneration.Has128 => new VectorDense<Vector128<float>, Simd128>(weights, k, n, transposed, bias),
            _ => new ScalarDense(weights, k, n, transposed, bias),
        };
    }

    /// <summary>Packs a weight matrix in a small form.</summary>
    /// <param name="weights">[n, k]</param>
    /// <param name="bias">[n], or empty for zeros</param>
    /// <param name="choice">The instructions to use.</param>
    /// <exception cref="ArgumentException">The bias does not fit the weights.</exception>
    public static DenseLayer Pack(StoredMatrix weights, ReadOnlySpan<float> bias, KernelChoice choice)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(choice);
        if (!bias.IsEmpty && bias.Length != weights.Rows) throw new ArgumentException($"A dense layer of {weights.Columns} x {weights.Rows} needs {weights.Rows} biases or none, but {bias.Length} were given.", nameof(bias));
        return SmallChoice.TryPack(weights, bias, choice) ?? Pack(weights.Widen(), weights.Columns, weights.Rows, transposed: true, bias, choice);
    }

    /// <summary>Multiplies rows. Allocates nothing and does not throw.</summary>
    /// <param name="x">The first row, [k]; must not overlap y.</param>
    /// <param name="xRowStride">Bytes from a row of x to the next.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="y">The first row of the result, [n], written.</param>
    /// <param name="yRowStride">Bytes from a row of y to the next.</param>
    public abstract void Multiply(byte* x, nint xRowStride, int rows, byte* y, nint yRowStride);

    /// <summary>Runs the code of up to <paramref name="maxRows"/> rows once on zeros, so that it is compiled before it is needed.</summary>
    public void Prewarm(int maxRows)
    {
        using AlignedBuffer x = new((nint)K * sizeof(float));
        using AlignedBuffer y = new((nint)Columns * sizeof(float));
        for (int rows = 1; rows <= Math.Min(maxRows, LargestTile); rows++) Multiply(x.Pointer, 0, rows, y.Pointer, 0);
    }
}
