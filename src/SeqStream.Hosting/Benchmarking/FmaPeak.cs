using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SeqStream.Hosting.Benchmarking;

/// <summary>The most float32 multiply-adds that one core does: the yardstick for kernels.</summary>
public static class FmaPeak
{
    private const int Chains = 12;
    private const int Loops = 20_000;
    private const int Samples = 60;

    /// <summary>Runs independent multiply-adds in registers, at the widest vectors and at 256 bits, and returns the better rate in GFLOP/s. About 50 ms.</summary>
    public static double Measure()
    {
        double best = Best(Run128, 4);
        if (Vector256.IsHardwareAccelerated) best = Math.Max(best, Best(Run256, 8));
        if (Vector512.IsHardwareAccelerated) best = Math.Max(best, Best(Run512, 16));
        return best;
    }

    private static double Best(Func<float> run, int width)
    {
        double best = 0;
        for (int sample = 0; sample < Samples; sample++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            best = Math.Max(best, 2.0 * width * Chains * Loops / seconds / 1e9);
        }
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run512()
    {
        Vector512<float> m = Vector512.Create(0.999f), a, b, c, d, e, f, g, h, i, j, k, l;
        a = b = c = d = e = f = g = h = i = j = k = l = Vector512.Create(1f);
        for (int n = 0; n < Loops; n++)
        {
            a = Vector512.MultiplyAddEstimate(a, m, m);
            b = Vector512.MultiplyAddEstimate(b, m, m);
            c = Vector512.MultiplyAddEstimate(c, m, m);
            d = Vector512.MultiplyAddEstimate(d, m, m);
            e = Vector512.MultiplyAddEstimate(e, m, m);
            f = Vector512.MultiplyAddEstimate(f, m, m);
            g = Vector512.MultiplyAddEstimate(g, m, m);
            h = Vector512.MultiplyAddEstimate(h, m, m);
            i = Vector512.MultiplyAddEstimate(i, m, m);
            j = Vector512.MultiplyAddEstimate(j, m, m);
            k = Vector512.MultiplyAddEstimate(k, m, m);
            l = Vector512.MultiplyAddEstimate(l, m, m);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run256()
    {
        Vector256<float> m = Vector256.Create(0.999f), a, b, c, d, e, f, g, h, i, j, k, l;
        a = b = c = d = e = f = g = h = i = j = k = l = Vector256.Create(1f);
        for (int n = 0; n < Loops; n++)
        {
            a = Vector256.MultiplyAddEstimate(a, m, m);
            b = Vector256.MultiplyAddEstimate(b, m, m);
            c = Vector256.MultiplyAddEstimate(c, m, m);
            d = Vector256.MultiplyAddEstimate(d, m, m);
            e = Vector256.MultiplyAddEstimate(e, m, m);
            f = Vector256.MultiplyAddEstimate(f, m, m);
            g = Vector256.MultiplyAddEstimate(g, m, m);
            h = Vector256.MultiplyAddEstimate(h, m, m);
            i = Vector256.MultiplyAddEstimate(i, m, m);
            j = Vector256.MultiplyAddEstimate(j, m, m);
            k = Vector256.MultiplyAddEstimate(k, m, m);
            l = Vector256.MultiplyAddEstimate(l, m, m);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run128()
    {
        Vector128<float> m = Vector128.Create(0.999f), a, b, c, d, e, f, g, h, i, j, k, l;
        a = b = c = d = e = f = g = h = i = j = k = l = Vector128.Create(1f);
        for (int n = 0; n < Loops; n++)
        {
            a = Vector128.MultiplyAddEstimate(a, m, m);
            b = Vector128.MultiplyAddEstimate(b, m, m);
            c = Vector128.MultiplyAddEstimate(c, m, m);
            d = Vector128.MultiplyAddEstimate(d, m, m);
            e = Vector128.MultiplyAddEstimate(e, m, m);
            f = Vector128.MultiplyAddEstimate(f, m, m);
            g = Vector128.MultiplyAddEstimate(g, m, m);
            h = Vector128.MultiplyAddEstimate(h, m, m);
            i = Vector128.MultiplyAddEstimate(i, m, m);
            j = Vector128.MultiplyAddEstimate(j, m, m);
            k = Vector128.MultiplyAddEstimate(k, m, m);
            l = Vector128.MultiplyAddEstimate(l, m, m);
        }
        return Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
