using System.Runtime.CompilerServices;
using SeqStream.Cells;

namespace SeqStream.Kernels.Elementwise;

/// <summary>Functions of arrays on vectors. Elements that do not fill a vector go through the stack, by the same instructions.</summary>
internal sealed unsafe class WideMath<TV, TSimd> : VectorMath
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
{
    private const int MaxWidth = 16;

    public static readonly WideMath<TV, TSimd> Instance = new();

    [HotPath]
    public override void Activate(CellActivation activation, float* x, float* y, int count)
    {
        float a = activation.Alpha, b = activation.Beta;
        switch (activation.Kind)
        {
            case ActivationKind.Relu: Map<ReluMap>(x, y, count, a, b); break;
            case ActivationKind.Tanh: Map<TanhMap>(x, y, count, a, b); break;
            case ActivationKind.Sigmoid: Map<SigmoidMap>(x, y, count, a, b); break;
            case ActivationKind.Affine: Map<AffineMap>(x, y, count, a, b); break;
            case ActivationKind.LeakyRelu: Map<LeakyReluMap>(x, y, count, a, b); break;
            case ActivationKind.ThresholdedRelu: Map<ThresholdedReluMap>(x, y, count, a, b); break;
            case ActivationKind.ScaledTanh: Map<ScaledTanhMap>(x, y, count, a, b); break;
            case ActivationKind.HardSigmoid: Map<HardSigmoidMap>(x, y, count, a, b); break;
            case ActivationKind.Elu: Map<EluMap>(x, y, count, a, b); break;
            case ActivationKind.Softsign: Map<SoftsignMap>(x, y, count, a, b); break;
            default: Map<SoftplusMap>(x, y, count, a, b); break;
        }
    }

    [HotPath]
    public override void Exp(float* x, float* y, int count) => Map<ExpMap>(x, y, count, 0, 0);

    [HotPath]
    public override void Log(float* x, float* y, int count) => Map<LogMap>(x, y, count, 0, 0);

    [HotPath]
    public override void Erf(float* x, float* y, int count) => Map<ErfMap>(x, y, count, 0, 0);

    [HotPath]
    public override void Sqrt(float* x, float* y, int count) => Map<SqrtMap>(x, y, count, 0, 0);

    [HotPath]
    public override void Clamp(float low, float high, float* x, float* y, int count) => Map<ClampMap>(x, y, count, low, high);

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Add(float* a, float* b, float* y, int count)
    {
        int n = TSimd.Width, i = 0;
        for (; i <= count - n; i += n) TSimd.Store(y + i, TSimd.Add(TSimd.Load(a + i), TSimd.Load(b + i)));
        for (; i < count; i++) y[i] = a[i] + b[i];
    }

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Multiply(float* a, float* b, float* y, int count)
    {
        int n = TSimd.Width, i = 0;
        for (; i <= count - n; i += n) TSimd.Store(y + i, TSimd.Mul(TSimd.Load(a + i), TSimd.Load(b + i)));
        for (; i < count; i++) y[i] = a[i] * b[i];
    }

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void MultiplyAdd(float* a, float* b, float* c, float* y, int count)
    {
        int n = TSimd.Width, i = 0;
        for (; i <= count - n; i += n) TSimd.Store(y + i, TSimd.Fma(TSimd.Load(a + i), TSimd.Load(b + i), TSimd.Load(c + i)));
        if (i == count) return;
        float* tail = stackalloc float[3 * MaxWidth];
        int rest = count - i;
        Copy(a + i, tail, rest);
        Copy(b + i, tail + MaxWidth, rest);
        Copy(c + i, tail + 2 * MaxWidth, rest);
        TSimd.Store(tail, TSimd.Fma(TSimd.Load(tail), TSimd.Load(tail + MaxWidth), TSimd.Load(tail + 2 * MaxWidth)));
        Copy(tail, y + i, rest);
    }

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override float Sum(float* x, int count)
    {
        int n = TSimd.Width, i = 0;
        TV even = TSimd.Set(0f), odd = even;
        for (; i <= count - 2 * n; i += 2 * n)
        {
            even = TSimd.Add(even, TSimd.Load(x + i));
            odd = TSimd.Add(odd, TSimd.Load(x + i + n));
        }
        float* tail = stackalloc float[2 * MaxWidth];
        Copy(x + i, tail, count - i);
        even = TSimd.Add(even, TSimd.Load(tail));
        odd = TSimd.Add(odd, TSimd.Load(tail + n));
        return TSimd.Sum(TSimd.Add(even, odd));
    }

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override float SumOfSquares(float center, float* x, int count)
    {
        int n = TSimd.Width, i = 0;
        TV even = TSimd.Set(0f), odd = even, middle = TSimd.Set(center);
        for (; i <= count - 2 * n; i += 2 * n)
        {
            TV a = TSimd.Sub(TSimd.Load(x + i), middle), b = TSimd.Sub(TSimd.Load(x + i + n), middle);
            even = TSimd.Fma(a, a, even);
            odd = TSimd.Fma(b, b, odd);
        }
        float* tail = stackalloc float[2 * MaxWidth];
        TSimd.Store(tail, middle);
        TSimd.Store(tail + n, middle);
        Copy(x + i, tail, count - i);
        TV c = TSimd.Sub(TSimd.Load(tail), middle), d = TSimd.Sub(TSimd.Load(tail + n), middle);
        return TSimd.Sum(TSimd.Add(TSimd.Fma(c, c, even), TSimd.Fma(d, d, odd)));
    }

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override float Maximum(float* x, int count)
    {
        int n = TSimd.Width, i = 0;
        TV max = TSimd.Set(float.NegativeInfinity);
        for (; i <= count - n; i += n) max = TSimd.Maximum(max, TSimd.Load(x + i));
        float* tail = stackalloc float[MaxWidth];
        TSimd.Store(tail, max);
        float result = float.NegativeInfinity;
        for (int j = 0; j < n; j++) result = MathF.Max(result, tail[j]);
        for (; i < count; i++) result = MathF.Max(result, x[i]);
        return result;
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private static void Map<TMap>(float* x, float* y, int count, float alpha, float beta)
        where TMap : struct, IMap
    {
        int n = TSimd.Width, i = 0;
        TV a = TSimd.Set(alpha), b = TSimd.Set(beta);
        for (; i <= count - n; i += n) TSimd.Store(y + i, TMap.Of<TV, TSimd>(TSimd.Load(x + i), a, b));
        if (i == count) return;
        float* tail = stackalloc float[MaxWidth];
        Copy(x + i, tail, count - i);
        TSimd.Store(tail, TMap.Of<TV, TSimd>(TSimd.Load(tail), a, b));
        Copy(tail, y + i, count - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* from, float* to, int count)
    {
        for (int i = 0; i < count; i++) to[i] = from[i];
    }
}
