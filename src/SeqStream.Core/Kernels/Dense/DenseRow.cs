using System.Runtime.CompilerServices;
using SeqStream.Kernels.Fused;

namespace SeqStream.Kernels.Dense;

/// <summary>One row by two chunks of four vectors at once: twice the independent sums of a one-row tile, with the same bits.</summary>
[HotPath]
internal static unsafe class DenseRow<TV, TSimd>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
{
    /// <param name="w">The first chunk's weights, [k, 4, N].</param>
    /// <param name="chunk">Floats from a chunk's weights to the next chunk's.</param>
    /// <param name="bias">Both chunks' biases, [2, 4, N].</param>
    /// <param name="x">[k]</param>
    /// <param name="k">Values of x.</param>
    /// <param name="y">[2, 4, N], written</param>
    [MethodImpl(CodeGeneration.Kernel)]
    public static void Dot(float* w, nint chunk, float* bias, float* x, nint k, float* y)
    {
        int n = TSimd.Width;
        Quad<TV> q0 = default, q1 = default;
        Quads<TV, TSimd, LstmShape>.Start(ref q0, bias);
        Quads<TV, TSimd, LstmShape>.Start(ref q1, bias + 4 * n);
        for (float* end = x + k; x < end; x++, w += 4 * n)
        {
            TV v = TSimd.Set(*x);
            Quads<TV, TSimd, LstmShape>.AddRow(ref q0, v, w);
            Quads<TV, TSimd, LstmShape>.AddRow(ref q1, v, w + chunk);
        }
        Quads<TV, TSimd, LstmShape>.Finish(ref q0, y);
        Quads<TV, TSimd, LstmShape>.Finish(ref q1, y + 4 * n);
    }
}
