namespace SeqStream.Hosting.Benchmarking;

public sealed class StepTimerTests
{
    [Fact]
    public void Measure_reports_every_driver_in_order_with_what_it_allocates()
    {
        StepTimer timer = new() { Rounds = 2, SampleTime = TimeSpan.FromMilliseconds(0.1) };
        object[] kept = new object[1];
        int total = 0;
        timer.Add("counts", iterations => { for (int i = 0; i < iterations; i++) total += i; });
        timer.Add("allocates", iterations => { for (int i = 0; i < iterations; i++) kept[0] = new byte[100]; });
        IReadOnlyList<StepTiming> timings = timer.Measure();
        Assert.Equal(["counts", "allocates"], timings.Select(static timing => timing.Name));
        Assert.Equal(0, timings[0].BytesAllocated);
        Assert.True(timings[1].BytesAllocated >= 100);
        Assert.All(timings, static timing => Assert.InRange(timing.MinNs, double.Epsilon, timing.MedianNs));
    }

    [Fact]
    public void FmaPeak_is_a_rate() => Assert.True(FmaPeak.Measure() > 0);
}
