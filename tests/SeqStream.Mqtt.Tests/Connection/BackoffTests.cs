using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Tests.Brokers;

namespace SeqStream.Mqtt.Tests.Connection;

/// <summary>Pauses between attempts.</summary>
public sealed class BackoffTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void First_minute_has_at_most_12_attempts_whatever_the_dice_say(double dice) => Assert.InRange(AttemptsInAMinute(Retry.Soon, dice), 2, 12);

    [Fact]
    public void Refused_credentials_are_tried_at_most_twice_a_minute() => Assert.InRange(AttemptsInAMinute(Retry.Late, 0), 1, 2);

    [Fact]
    public void Client_that_was_taken_over_stays_away_long_and_longer()
    {
        Backoff backoff = new(new BackoffOptions(), new FakeTime(), new Dice(0));

        Assert.Equal([120, 240, 480], Enumerable.Range(0, 3).Select(_ => backoff.Next(Retry.AfterTakeover).TotalSeconds));
    }

    [Fact]
    public void Pauses_grow_to_the_longest_and_begin_anew_after_a_connection_that_lasted()
    {
        FakeTime time = new();
        Backoff backoff = new(new BackoffOptions(), time, new Dice(1));
        double[] pauses = [.. Enumerable.Range(0, 8).Select(_ => backoff.Next(Retry.Soon).TotalSeconds)];
        backoff.Lived(TimeSpan.FromSeconds(5));
        double afterShort = backoff.Next(Retry.Soon).TotalSeconds;
        backoff.Lived(TimeSpan.FromSeconds(31));

        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30], pauses);
        Assert.Equal((30, 0.5), (afterShort, backoff.Next(Retry.Soon).TotalSeconds));
    }

    private static int AttemptsInAMinute(Retry retry, double dice)
    {
        FakeTime time = new();
        Backoff backoff = new(new BackoffOptions(), time, new Dice(dice));
        int attempts = 0;
        while (time.Elapsed < TimeSpan.FromMinutes(1))
        {
            backoff.Attempt();
            attempts++;
            time.Advance(backoff.Next(retry));
        }
        return attempts;
    }

    private sealed class Dice(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
