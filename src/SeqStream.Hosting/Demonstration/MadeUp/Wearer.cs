namespace SeqStream.Hosting.Demonstration.MadeUp;

/// <summary>
/// Somebody who wears three radio sensors at chest and ankles (the setting of AReM): a reading of mean and deviation of the signal strength for each pair of sensors, four times a second. Levels and restlessness of
/// each activity are round numbers of the order that the data shows; readings wander about them.
/// </summary>
internal static class Wearer
{
    private const double Hertz = 4;

    // mean and deviation of the strengths chest to right ankle, chest to left ankle, ankle to ankle
    private static readonly (string Activity, float[] Level)[] s_day =
    [
        ("lies", [40, 0.3f, 6, 0.5f, 9, 0.6f]),
        ("walks", [31, 6.5f, 14, 3.6f, 15, 3.6f]),
        ("stands", [44, 0.4f, 14, 0.6f, 14, 0.9f]),
    ];

    /// <summary>What is done in turn, for so many seconds each.</summary>
    public static IEnumerable<IEnumerable<SceneFrame>> Readings(double secondsEach, double pause)
    {
        Random random = new(3);
        return [s_day.SelectMany((part, at) => Enumerable.Range(0, (int)(secondsEach * Hertz)).Select(step =>
            SceneFrame.Measured([.. part.Level.Select((level, channel) => channel % 2 == 0 ? Around(random, level, part.Level[channel + 1]) : Math.Max(0, Around(random, level, level / 3)))], at * secondsEach + step / Hertz, pause)))];
    }

    private static float Around(Random random, float level, float spread) => MathF.Round(level + spread * (random.NextSingle() + random.NextSingle() - 1) * 1.7f, 2);
}
