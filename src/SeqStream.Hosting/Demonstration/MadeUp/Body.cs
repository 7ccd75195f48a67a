namespace SeqStream.Hosting.Demonstration.MadeUp;

/// <summary>A body of twenty joints in the order of MSR-Action3D, metres, y up, that does something in front of a camera, 15 frames a second.</summary>
internal static class Body
{
    /// <summary>Frames in a second.</summary>
    public const double Hertz = 15;

    private const int RightElbow = 8, RightWrist = 10, RightHand = 12, LeftElbow = 7, LeftWrist = 9, LeftHand = 11;

    private static readonly (double X, double Y, double Z)[] s_standing =
    [
        (-0.17, 0.45, 3), (0.17, 0.45, 3), (0, 0.5, 3), (0, 0.25, 3), (-0.09, 0.05, 3), (0.09, 0.05, 3), (0, 0.08, 3), (-0.24, 0.2, 3), (0.24, 0.2, 3), (-0.26, -0.02, 2.97),
        (0.26, -0.02, 2.97), (-0.26, -0.1, 2.95), (0.26, -0.1, 2.95), (-0.1, -0.35, 3), (0.1, -0.35, 3), (-0.11, -0.75, 3.02), (0.11, -0.75, 3.02), (-0.12, -0.8, 2.92), (0.12, -0.8, 2.92), (0, 0.72, 3),
    ];

    /// <summary>Both hands go up and wave; then one arm.</summary>
    public static IEnumerable<double[][]> Actions() => [[.. Frames(36, TwoHandWave)], [.. Frames(36, HighArmWave)]];

    private static IEnumerable<double[]> Frames(int count, Action<(double X, double Y, double Z)[], double> pose)
    {
        for (int frame = 0; frame < count; frame++)
        {
            (double X, double Y, double Z)[] joints = [.. s_standing];
            pose(joints, frame / Hertz);
            yield return [.. joints.SelectMany(static joint => new[] { joint.X, joint.Y, joint.Z })];
        }
    }

    private static void TwoHandWave((double X, double Y, double Z)[] joints, double time)
    {
        Raise(joints, time, 1, RightElbow, RightWrist, RightHand);
        Raise(joints, time, -1, LeftElbow, LeftWrist, LeftHand);
    }

    private static void HighArmWave((double X, double Y, double Z)[] joints, double time) => Raise(joints, time, 1, RightElbow, RightWrist, RightHand);

    /// <summary>An arm goes up within half a second and then waves to and fro.</summary>
    private static void Raise((double X, double Y, double Z)[] joints, double time, double side, int elbow, int wrist, int hand)
    {
        double up = Math.Min(1, time / 0.5), wave = up < 1 ? 0 : 0.18 * Math.Sin(2 * Math.PI * 1.3 * (time - 0.5));
        joints[elbow] = Between(joints[elbow], (side * 0.3, 0.55, 2.95), up);
        joints[wrist] = Between(joints[wrist], (side * (0.3 + wave * 0.6), 0.78, 2.93), up);
        joints[hand] = Between(joints[hand], (side * (0.3 + wave), 0.86, 2.92), up);
    }

    private static (double X, double Y, double Z) Between((double X, double Y, double Z) from, (double X, double Y, double Z) to, double share)
        => (from.X + (to.X - from.X) * share, from.Y + (to.Y - from.Y) * share, from.Z + (to.Z - from.Z) * share);
}
