using SeqStream.Hosting.Supervision;
using SeqStream.Mqtt.Tests.Brokers;

namespace SeqStream.Hosting.Tests.Supervision;

public sealed class LogQuotaTests
{
    [Fact]
    public void Ten_events_in_ten_seconds_are_told_and_the_number_of_the_rest_later()
    {
        FakeTime time = new();
        LogQuota quota = new(time);
        int told = Enumerable.Range(0, 1000).Count(_ => quota.TryTake(out long none) && none == 0);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(10, told);
        Assert.True(quota.TryTake(out long leftOut));
        Assert.Equal(990, leftOut);
        Assert.True(quota.TryTake(out leftOut));
        Assert.Equal(0, leftOut);
    }
}
