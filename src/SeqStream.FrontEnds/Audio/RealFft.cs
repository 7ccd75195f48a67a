using System.Numerics;
using System.Runtime.CompilerServices;

namespace SeqStream.FrontEnds.Audio;

/// <summary>
/// The spectrum of real numbers, in double precision: half as many complex numbers go through Stockham's self-sorting transform, four points at a time
/// (Van Loan, Computational Frameworks for the Fast Fourier Transform, section 1.7), and are taken apart at the end. Real and imaginary parts lie in arrays of their own, so that the inner
/// loop runs over neighbours; no multiplication is fused with an addition, so the bits are the same for every vector width. Immutable; any thread.
/// </summary>
[HotPath]
internal sealed class RealFft
{
    private readonly int _half;
    private readonly double[][] _stages;  // [stage][6 * points]: real and imaginary parts of w, w^2, w^3
    private readonly double[] _cosines;   // [_half] of the last step
    private readonly double[] _sines;     // [_half]

    /// <summary>Creates the tables.</summary>
    /// <param name="size">Numbers in, a power of two from 4 on.</param>
    public RealFft(int size)
    {
        Size = size;
        _half = size / 2;
        List<double[]> stages = [];
        for (int n = _half; n >= 4; n /= 4) stages.Add(Stage(n));
        _stages = [.. stages];
        _cosines = [.. Enumerable.Range(0, _half).Select(k => Math.Cos(2 * Math.PI * k / size))];
        _sines = [.. Enumerable.Range(0, _half).Select(k => -Math.Sin(2 * Math.PI * k / size))];
    }

    /// <summary>Numbers in.</summary>
    public int Size { get; }

    /// <summary>Bins out.</summary>
    public int Bins => _half + 1;

    /// <summary>Doubles that <see cref="Power"/> needs to work in.</summary>
    public int ScratchLength => 4 * _half;

    /// <summary>The squared magnitude of every bin.</summary>
    /// <param name="scratch">[<see cref="ScratchLength"/>]; on entry its first quarter holds the numbers at even places, its second those at odd places.</param>
    /// <param name="power">[<see cref="Bins"/>]</param>
    public void Power(Span<double> scratch, Span<double> power)
    {
        Span<double> re = scratch[.._half], im = scratch.Slice(_half, _half);
        Span<double> re2 = scratch.Slice(2 * _half, _half), im2 = scratch.Slice(3 * _half, _half);
        int n = _half, stride = 1;
        foreach (double[] stage in _stages)
        {
            FourPoints(stage, n / 4, stride, re, im, re2, im2);
            Span<double> swap = re;
            re = re2;
            re2 = swap;
            swap = im;
            im = im2;
            im2 = swap;
            n /= 4;
            stride *= 4;
        }
        if (n == 2)
        {
            TwoPoints(stride, re, im, re2, im2);
            re = re2;
            im = im2;
        }
        TakeApart(re, im, power);
    }

    private static double[] Stage(int n)
    {
        int points = n / 4;
        double[] twiddles = new double[6 * points];
        for (int p = 0; p < points; p++)
        {
            for (int power = 1; power <= 3; power++)
            {
                (double sine, double cosine) = Math.SinCos(-2 * Math.PI * p * power / n);
                twiddles[6 * p + 2 * power - 2] = cosine;
                twiddles[6 * p + 2 * power - 1] = sine;
            }
        }
        return twiddles;
    }

    /// <summary>y[q + s (4p + r)] = w^(rp) sum over j of (-i)^(rj) x[q + s (p + jm)], for q below s and p below m.</summary>
    private static void FourPoints(double[] twiddles, int m, int s, Span<double> re, Span<double> im, Span<double> re2, Span<double> im2)
    {
        int width = Vector<double>.Count;
        for (int p = 0; p < m; p++)
        {
            ReadOnlySpan<double> w = twiddles.AsSpan(6 * p, 6);
            int from = s * p, to = s * 4 * p, q = 0;
            for (; q <= s - width; q += width) Butterfly<Vector<double>, Wide>(w, from + q, s * m, to + q, s, re, im, re2, im2);
            for (; q < s; q++) Butterfly<double, Single>(w, from + q, s * m, to + q, s, re, im, re2, im2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Butterfly<T, TAccess>(ReadOnlySpan<double> w, int from, int step, int to, int s, Span<double> re, Span<double> im, Span<double> re2, Span<double> im2)
        where T : struct
        where TAccess : IAccess<T>
    {
        T ar = TAccess.Load(re, from), br = TAccess.Load(re, from + step), cr = TAccess.Load(re, from + 2 * step), dr = TAccess.Load(re, from + 3 * step);
        T ai = TAccess.Load(im, from), bi = TAccess.Load(im, from + step), ci = TAccess.Load(im, from + 2 * step), di = TAccess.Load(im, from + 3 * step);
        T sumR = TAccess.Add(ar, cr), sumI = TAccess.Add(ai, ci), differenceR = TAccess.Subtract(ar, cr), differenceI = TAccess.Subtract(ai, ci);
        T crossR = TAccess.Add(br, dr), crossI = TAccess.Add(bi, di), turnR = TAccess.Subtract(bi, di), turnI = TAccess.Subtract(dr, br); // (-i) (b - d)
        TAccess.Store(re2, to, TAccess.Add(sumR, crossR));
        TAccess.Store(im2, to, TAccess.Add(sumI, crossI));
        Rotate<T, TAccess>(w[0], w[1], TAccess.Add(differenceR, turnR), TAccess.Add(differenceI, turnI), re2, im2, to + s);
        Rotate<T, TAccess>(w[2], w[3], TAccess.Subtract(sumR, crossR), TAccess.Subtract(sumI, crossI), re2, im2, to + 2 * s);
        Rotate<T, TAccess>(w[4], w[5], TAccess.Subtract(differenceR, turnR), TAccess.Subtract(differenceI, turnI), re2, im2, to + 3 * s);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rotate<T, TAccess>(double cosine, double sine, T r, T i, Span<double> re, Span<double> im, int at)
        where T : struct
        where TAccess : IAccess<T>
    {
        TAccess.Store(re, at, TAccess.Subtract(TAccess.Scale(r, cosine), TAccess.Scale(i, sine)));
        TAccess.Store(im, at, TAccess.Add(TAccess.Scale(r, sine), TAccess.Scale(i, cosine)));
    }

    private static void TwoPoints(int s, Span<double> re, Span<double> im, Span<double> re2, Span<double> im2)
    {
        for (int q = 0; q < s; q++)
        {
            re2[q] = re[q] + re[q + s];
            im2[q] = im[q] + im[q + s];
            re2[q + s] = re[q] - re[q + s];
            im2[q + s] = im[q] - im[q + s];
        }
    }

    /// <summary>From the transform of even + i odd to the squared magnitude of even + w odd.</summary>
    private void TakeApart(Span<double> re, Span<double> im, Span<double> power)
    {
        power[0] = (re[0] + im[0]) * (re[0] + im[0]);
        power[_half] = (re[0] - im[0]) * (re[0] - im[0]);
        for (int k = 1; k < _half; k++)
        {
            double evenR = (re[k] + re[_half - k]) * 0.5, evenI = (im[k] - im[_half - k]) * 0.5;
            double oddR = (im[k] + im[_half - k]) * 0.5, oddI = (re[_half - k] - re[k]) * 0.5;
            double r = evenR + (_cosines[k] * oddR - _sines[k] * oddI);
            double i = evenI + (_cosines[k] * oddI + _sines[k] * oddR);
            power[k] = r * r + i * i;
        }
    }

    private interface IAccess<T>
    {
        static abstract T Load(Span<double> from, int at);

        static abstract void Store(Span<double> to, int at, T value);

        static abstract T Add(T a, T b);

        static abstract T Subtract(T a, T b);

        static abstract T Scale(T value, double factor);
    }

    private readonly struct Wide : IAccess<Vector<double>>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Load(Span<double> from, int at) => new(from[at..]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Span<double> to, int at, Vector<double> value) => value.CopyTo(to[at..]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Add(Vector<double> a, Vector<double> b) => a + b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Subtract(Vector<double> a, Vector<double> b) => a - b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Scale(Vector<double> value, double factor) => value * factor;
    }

    private readonly struct Single : IAccess<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static double Load(Span<double> from, int at) => from[at];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Span<double> to, int at, double value) => to[at] = value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static double Add(double a, double b) => a + b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static double Subtract(double a, double b) => a - b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static double Scale(double value, double factor) => value * factor;
    }
}
