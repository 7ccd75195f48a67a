using SeqStream.Cells;

namespace SeqStream.Kernels.Elementwise;

/// <summary>The specification of functions of arrays: one element after the other, by the runtime's own functions.</summary>
internal sealed unsafe class ScalarMath : VectorMath
{
    public static readonly ScalarMath Instance = new();

    [HotPath]
    public override void Activate(CellActivation activation, float* x, float* y, int count)
    {
        for (int i = 0; i < count; i++) y[i] = activation.Of(x[i]);
    }

    [HotPath]
    public override void Exp(float* x, float* y, int count)
    {
        for (int i = 0; i < count; i++) y[i] = MathF.Exp(x[i]);
    }

    [HotPath]
    public override void Log(float* x, float* y, int count)
    {
        for (int i = 0; i < count; i++) y[i] = MathF.Log(x[i]);
    }

    [HotPath]
    public override void Erf(float* x, float* y, int count)
    {
        for (int i = 0; i < count; i++) y[i] = (float)ErrorFunction(x[i]);
    }

    [HotPath]
    public override void Sqrt(float* x, float* y, int count)
    {
        for (int i = 0; i < count; i++) y[i] = MathF.Sqrt(x[i]);
    }

    [HotPath]
    public override void Clamp(float low, float high, float* x, float* y, int count)
    {
        for (int i = 0; i < count; i++) y[i] = x[i] < low ? low : x[i] > high ? high : x[i];
    }

    [HotPath]
    public override void Add(float* a, float* b, float* y, int count)
    {
        for (int i = 0; i < count; i++) y[i] = a[i] + b[i];
    }

    [HotPath]
    public override void Multiply(float* a, float* b, float* y, int count)
    {
        for (int i = 0; i < count; i++) y[i] = a[i] * b[i];
    }

    [HotPath]
    public override void MultiplyAdd(float* a, float* b, float* c, float* y, int count)
    {
        for (int i = 0; i < count; i++) y[i] = a[i] * b[i] + c[i];
    }

    [HotPath]
    public override float Sum(float* x, int count)
    {
        float sum = 0;
        for (int i = 0; i < count; i++) sum += x[i];
        return sum;
    }

    [HotPath]
    public override float SumOfSquares(float center, float* x, int count)
    {
        float sum = 0;
        for (int i = 0; i < count; i++) sum += (x[i] - center) * (x[i] - center);
        return sum;
    }

    [HotPath]
    public override float Maximum(float* x, int count)
    {
        float max = float.NegativeInfinity;
        for (int i = 0; i < count; i++) max = MathF.Max(max, x[i]);
        return max;
    }

    /// <summary>2 / sqrt(pi) e^(-x^2) * sum over n of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1)): all terms have one sign.</summary>
    private static double ErrorFunction(double x)
    {
        if (Math.Abs(x) > 6) return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
