namespace SeqStream.FrontEnds.Poses;

/// <summary>Where a body stood when it was first seen and how long its torso was: what joints are measured from and in.</summary>
/// <param name="X">The hip's place then.</param>
/// <param name="Y">The hip's place then.</param>
/// <param name="Z">The hip's place then.</param>
/// <param name="Torso">From the hip to the neck then; not 0.</param>
public readonly record struct BodyPlace(double X, double Y, double Z, double Torso)
{
    /// <summary>The place of a body.</summary>
    /// <param name="joints">[joint, 3] as measured.</param>
    /// <param name="hip">Index of the joint between the hips.</param>
    /// <param name="neck">Index of the joint at the neck.</param>
    public static BodyPlace Of(ReadOnlySpan<double> joints, int hip, int neck)
    {
        ReadOnlySpan<double> from = joints.Slice(3 * hip, 3), to = joints.Slice(3 * neck, 3);
        double x = to[0] - from[0], y = to[1] - from[1], z = to[2] - from[2];
        return new BodyPlace(from[0], from[1], from[2], Math.Sqrt((x * x) + (y * y) + (z * z)));
    }

    /// <summary>Writes joints as measured from this place, in lengths of the torso.</summary>
    /// <param name="joints">[joint, 3] as measured.</param>
    /// <param name="to">[joint, 3].</param>
    public void Normalise(ReadOnlySpan<double> joints, Span<double> to)
    {
        for (int i = 0; i < joints.Length; i += 3)
        {
            to[i] = (joints[i] - X) / Torso;
            to[i + 1] = (joints[i + 1] - Y) / Torso;
            to[i + 2] = (joints[i + 2] - Z) / Torso;
        }
    }
}
