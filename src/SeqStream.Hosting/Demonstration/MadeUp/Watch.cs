namespace SeqStream.Hosting.Demonstration.MadeUp;

/// <summary>
/// A watch on a wrist (the setting of BasicMotions): acceleration and rate of turn along three axes, ten times a second. Means, swings and steps a second of each way to move are round numbers of the order that
/// the data shows.
/// </summary>
internal static class Watch
{
    private const double Hertz = 10;

    private static readonly (double StepsPerSecond, float[] Mean, float[] Swing)[] s_ways =
    [
        (1.0, [-0.1f, 0.1f, 0, 0, 0, 0], [0.1f, 0.2f, 0.15f, 0.1f, 0.05f, 0.15f]),
        (0.8, [0.8f, 0.1f, -0.3f, 0, 0, 0], [1.9f, 4.4f, 1.3f, 1, 0.6f, 2]),
        (1.2, [4.8f, -4.5f, -2.3f, 0, 0, 0], [15, 14, 4.5f, 2.6f, 2.3f, 7.3f]),
    ];

    /// <summary>Stands, walks, runs.</summary>
    public static IEnumerable<IEnumerable<SceneFrame>> Readings(double secondsEach, double pause)
    {
        Random random = new(5);
        return s_ways.Select(way => Enumerable.Range(0, (int)(secondsEach * Hertz)).Select(step =>
        {
            double time = step / Hertz, phase = 2 * Math.PI * way.StepsPerSecond * time;
            float[] values = [.. Enumerable.Range(0, 6).Select(axis => (float)(way.Mean[axis] + way.Swing[axis] * (0.9 * Math.Sin(phase + axis) + 0.4 * Math.Sin(2 * phase + 2 * axis) + 0.8 * (random.NextDouble() - 0.5))))];
            return SceneFrame.Measured(values, time, pause);
        }));
    }
}
