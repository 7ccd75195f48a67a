using SeqStream.Mqtt.Tests.Brokers;

namespace SeqStream.Hosting.Tests.Supervision;

/// <summary>A clock whose time of day can be set while what is measured goes on evenly, as on a machine whose clock is corrected.</summary>
internal sealed class SteppedTime : TimeProvider
{
    public FakeTime Clock { get; } = new();

    public TimeSpan Offset { get; set; }

    public override long TimestampFrequency => Clock.TimestampFrequency;

    public override long GetTimestamp() => Clock.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => Clock.GetUtcNow() + Offset + TimeSpan.FromDays(365);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => Clock.CreateTimer(callback, state, dueTime, period);
}
