using System.Runtime.CompilerServices;
using SeqStream.Kernels.Fused;

namespace SeqStream.Kernels.Dense;

/// <summary>
/// M rows by one chunk of V vectors of columns. A row has four accumulators whatever V is: 4 / V chains per column, k in chain k mod (4 / V).
/// The bias starts chain 0, and the sum is (0 + 1) + (2 + 3). V belongs to the layer's shape, M only to speed.
/// </summary>
[HotPath]
internal static unsafe class DenseTile<TV, TSimd, TColumns, TRows>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TColumns : struct, ICount
    where TRows : struct, ICount
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <param name="w">This chunk's weights, [ceil(k / chains), 4, N].</param>
    /// <param name="bias">This chunk's biases, [V, N].</param>
    /// <param name="x">[M, stride]</param>
    /// <param name="xStride">Bytes from a row of x to the next.</param>
    /// <param name="k">Values in a row of x.</param>
    /// <param name="y">[M, stride], V * N values of each row are written</param>
    /// <param name="yStride">Bytes from a row of y to the next.</param>
    [MethodImpl(CodeGeneration.Kernel)]
    public static void Dot(float* w, float* bias, byte* x, nint xStride, nint k, byte* y, nint yStride)
    {
        int n = TSimd.Width, rows = TRows.Value, chains = 4 / TColumns.Value;
        Quad<TV> q0 = default, q1 = default, q2 = default, q3 = default, q4 = default, q5 = default;
        Start(ref q0, bias);
        if (rows > 1) Start(ref q1, bias);
        if (rows > 2) Start(ref q2, bias);
        if (rows > 3) Start(ref q3, bias);
        if (rows > 4) Start(ref q4, bias);
        if (rows > 5) Start(ref q5, bias);
        float* x0 = (float*)x, end = x0 + k - (chains - 1);
        float* x1 = (float*)(x + xStride), x2 = (float*)(x + 2 * xStride), x3 = (float*)(x + 3 * xStride);
        float* x4 = (float*)(x + 4 * xStride), x5 = (float*)(x + 5 * xStride);
        for (; x0 < end; x0 += chains, x1 += chains, x2 += chains, x3 += chains, x4 += chains, x5 += chains, w += 4 * n)
        {
            TV w0 = TSimd.Load(w), w1 = TSimd.Load(w + n), w2 = TSimd.Load(w + 2 * n), w3 = TSimd.Load(w + 3 * n);
            Add(ref q0, x0, w0, w1, w2, w3);
            if (rows > 1) Add(ref q1, x1, w0, w1, w2, w3);
            if (rows > 2) Add(ref q2, x2, w0, w1, w2, w3);
            if (rows > 3) Add(ref q3, x3, w0, w1, w2, w3);
            if (rows > 4) Add(ref q4, x4, w0, w1, w2, w3);
            if (rows > 5) Add(ref q5, x5, w0, w1, w2, w3);
        }
        nint rest = (nint)(end + (chains - 1) - x0); // the last k, which do not fill all chains
        if (chains > 1 && rest > 0)
        {
            AddFirst(ref q0, x0, w);
            if (rows > 1) AddFirst(ref q1, x1, w);
            if (rows > 2) AddFirst(ref q2, x2, w);
            if (rows > 3) AddFirst(ref q3, x3, w);
            if (rows > 4) AddFirst(ref q4, x4, w);
            if (rows > 5) AddFirst(ref q5, x5, w);
        }
        if (chains > 2 && rest > 1)
        {
            AddSecond(ref q0, x0, w);
            if (rows > 1) AddSecond(ref q1, x1, w);
            if (rows > 2) AddSecond(ref q2, x2, w);
            if (rows > 3) AddSecond(ref q3, x3, w);
            if (rows > 4) AddSecond(ref q4, x4, w);
            if (rows > 5) AddSecond(ref q5, x5, w);
        }
        if (chains > 2 && rest > 2)
        {
            AddThird(ref q0, x0, w);
            if (rows > 1) AddThird(ref q1, x1, w);
            if (rows > 2) AddThird(ref q2, x2, w);
            if (rows > 3) AddThird(ref q3, x3, w);
            if (rows > 4) AddThird(ref q4, x4, w);
            if (rows > 5) AddThird(ref q5, x5, w);
        }
        Finish(ref q0, y);
        if (rows > 1) Finish(ref q1, y + yStride);
        if (rows > 2) Finish(ref q2, y + 2 * yStride);
        if (rows > 3) Finish(ref q3, y + 3 * yStride);
        if (rows > 4) Finish(ref q4, y + 4 * yStride);
        if (rows > 5) Finish(ref q5, y + 5 * yStride);
    }

    [MethodImpl(Inline)]
    private static void Start(ref Quad<TV> q, float* bias)
    {
        int n = TSimd.Width;
        TV start1 = TSimd.Set(0f), start2 = start1, start3 = start1; // statements, not ?: into q, which would take q's address
        if (TColumns.Value > 1) start1 = TSimd.Load(bias + n);
        if (TColumns.Value > 2) start2 = TSimd.Load(bias + 2 * n);
        if (TColumns.Value > 2) start3 = TSimd.Load(bias + 3 * n);
        q.A = TSimd.Load(bias);
        q.B = start1;
        q.C = start2;
        q.D = start3;
    }

    [MethodImpl(Inline)]
    private static void Add(ref Quad<TV> q, float* x, TV w0, TV w1, TV w2, TV w3)
    {
        TV v = TSimd.Set(x[0]);
        q.A = TSimd.Fma(v, w0, q.A);
        if (TColumns.Value == 1) v = TSimd.Set(x[1]);
        q.B = TSimd.Fma(v, w1, q.B);
        if (TColumns.Value == 1) v = TSimd.Set(x[2]);
        if (TColumns.Value == 2) v = TSimd.Set(x[1]);
        q.C = TSimd.Fma(v, w2, q.C);
        if (TColumns.Value == 1) v = TSimd.Set(x[3]);
        q.D = TSimd.Fma(v, w3, q.D);
    }

    [MethodImpl(Inline)]
    private static void AddFirst(ref Quad<TV> q, float* x, float* w)
    {
        TV v = TSimd.Set(x[0]);
        q.A = TSimd.Fma(v, TSimd.Load(w), q.A);
        if (TColumns.Value == 2) q.B = TSimd.Fma(v, TSimd.Load(w + TSimd.Width), q.B);
    }

    [MethodImpl(Inline)]
    private static void AddSecond(ref Quad<TV> q, float* x, float* w) => q.B = TSimd.Fma(TSimd.Set(x[1]), TSimd.Load(w + TSimd.Width), q.B);

    [MethodImpl(Inline)]
    private static void AddThird(ref Quad<TV> q, float* x, float* w) => q.C = TSimd.Fma(TSimd.Set(x[2]), TSimd.Load(w + 2 * TSimd.Width), q.C);

    [MethodImpl(Inline)]
    private static void Finish(ref Quad<TV> q, byte* y)
    {
        int n = TSimd.Width;
        float* to = (float*)y;
        if (TColumns.Value == 1)
        {
            TSimd.Store(to, TSimd.Add(TSimd.Add(q.A, q.B), TSimd.Add(q.C, q.D)));
        }
        else if (TColumns.Value == 2)
        {
            TSimd.Store(to, TSimd.Add(q.A, q.C));
            TSimd.Store(to + n, TSimd.Add(q.B, q.D));
        }
        else
        {
            TSimd.Store(to, q.A);
            TSimd.Store(to + n, q.B);
            TSimd.Store(to + 2 * n, q.C);
            TSimd.Store(to + 3 * n, q.D);
        }
    }
}
