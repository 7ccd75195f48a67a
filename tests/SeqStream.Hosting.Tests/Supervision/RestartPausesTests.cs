using SeqStream.Hosting.Supervision;
using SeqStream.Mqtt.Tests.Brokers;

namespace SeqStream.Hosting.Tests.Supervision;

public sealed class RestartPausesTests
{
    [Fact]
    public void Pauses_double_up_to_half_a_minute_and_begin_again_after_a_run_that_lasted()
    {
        FakeTime time = new();
        RestartPauses pauses = new(time, new Most());
        double[] seconds = [.. Enumerable.Range(0, 8).Select(_ => Next())];
        pauses.Begin();
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30], seconds);
        Assert.Equal(0.5, pauses.Next().TotalSeconds);

        double Next()
        {
            pauses.Begin();
            return pauses.Next().TotalSeconds;
        }
    }

    [Fact]
    public void Clock_that_is_set_is_no_recovery()
    {
        SteppedTime time = new();
        RestartPauses pauses = new(time, new Most());
        pauses.Begin();
        pauses.Next();
        pauses.Begin();
        time.Offset = TimeSpan.FromHours(1);

        Assert.Equal(1, pauses.Next().TotalSeconds);
    }

    private sealed class Most : Random
    {
        public override double NextDouble() => 1;
    }
}
