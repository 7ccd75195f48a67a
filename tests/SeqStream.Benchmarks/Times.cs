using System.Diagnostics;
using System.Globalization;

namespace SeqStream.Benchmarks;

/// <summary>A histogram of times in nanoseconds. Adding allocates nothing.</summary>
internal sealed class Times
{
    private const int Bins = 1 << 20;
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;
    private readonly int[] _bins = new int[Bins]; // [ns], the last one for all beyond
    private long _longest, _count;

    /// <summary>Adds a time in ticks of <see cref="Stopwatch"/>.</summary>
    public void Add(long ticks)
    {
        long took = (long)(ticks * NanosecondsPerTick);
        _longest = Math.Max(_longest, took);
        _bins[Math.Min(took, Bins - 1)]++;
        _count++;
    }

    /// <summary>Forgets all times.</summary>
    public void Clear()
    {
        Array.Clear(_bins);
        _longest = _count = 0;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"steps {_count} p50 {At(0.5)} p99 {At(0.99)} p99.99 {At(0.9999)} max {_longest}");

    private int At(double share)
    {
        long seen = 0;
        for (int ns = 0; ns < Bins; ns++)
        {
            seen += _bins[ns];
            if (seen >= share * _count) return ns;
        }
        return Bins;
    }
}
