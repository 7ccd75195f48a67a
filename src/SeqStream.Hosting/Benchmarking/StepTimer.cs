using System.Diagnostics;

namespace SeqStream.Hosting.Benchmarking;

/// <summary>
/// Times short steps. Drivers are interleaved: every round runs each of them once (warm-up, then samples of at least
/// <see cref="SampleTime"/> each), so that a disturbance of the machine meets all alike; the figure is the median over rounds of the
/// round's median. One thread at a time. Where other work shares the core, a sample longer than the scheduler's slice is stretched by it.
/// </summary>
public sealed class StepTimer
{
    private const int SamplesPerRound = 9;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(10);
    private readonly List<(string Name, Action<int> Run)> _drivers = [];

    /// <summary>Least duration of a sample; 0.5 ms by default.</summary>
    public TimeSpan SampleTime { get; init; } = TimeSpan.FromMilliseconds(0.5);

    /// <summary>Rounds; 5 by default.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Adds a driver.</summary>
    /// <param name="name">How the result is called.</param>
    /// <param name="run">Runs the given number of iterations.</param>
    public void Add(string name, Action<int> run) => _drivers.Add((name, run));

    /// <summary>Measures all drivers, in the order in which they were added.</summary>
    public IReadOnlyList<StepTiming> Measure()
    {
        List<double>[] medians = [.. _drivers.Select(static _ => new List<double>())];
        double[] least = [.. _drivers.Select(static _ => double.MaxValue)];
        long[] allocated = new long[_drivers.Count];
        double[] samples = new double[SamplesPerRound];
        for (int round = 0; round < Rounds; round++)
        {
            for (int d = 0; d < _drivers.Count; d++)
            {
                Action<int> run = _drivers[d].Run;
                int iterations = WarmUp(run);
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int s = 0; s < samples.Length; s++) samples[s] = Sample(run, iterations);
                allocated[d] += GC.GetAllocatedBytesForCurrentThread() - before;
                Array.Sort(samples);
                medians[d].Add(samples[samples.Length / 2]);
                least[d] = Math.Min(least[d], samples[0]);
            }
        }
        return [.. _drivers.Select((driver, d) => new StepTiming(driver.Name, least[d], Median(medians[d]), allocated[d]))];
    }

    private static double Sample(Action<int> run, int iterations)
    {
        long start = Stopwatch.GetTimestamp();
        run(iterations);
        return (Stopwatch.GetTimestamp() - start) * 1e9 / Stopwatch.Frequency / iterations;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[values.Count / 2 - 1] + values[values.Count / 2]) / 2;
    }

    /// <summary>Runs until warm; returns the iterations that fill one sample.</summary>
    private int WarmUp(Action<int> run)
    {
        int iterations = 1;
        for (long begin = Stopwatch.GetTimestamp(); ;)
        {
            double ns = Sample(run, iterations) * iterations;
            bool warm = Stopwatch.GetElapsedTime(begin) >= s_warmUp;
            if (ns >= SampleTime.TotalNanoseconds && warm) return iterations;
            if (ns < SampleTime.TotalNanoseconds) iterations = (int)Math.Min(int.MaxValue / 2, Math.Max(iterations + 1L, (long)(iterations * Math.Min(2, 1.1 * SampleTime.TotalNanoseconds / ns))));
        }
    }
}
