namespace SeqStream.Weights;

/// <summary>Rounds float32 weights that share a scale to integers.</summary>
internal static class IntegerRounding
{
    private const int Int8Most = 127, Int4Least = -8, Int4Most = 7;
    private const float Smallest = 1e-35f; // below, a scale would be denormal

    /// <summary>Writes the codes and returns the scale; 1 where all values are as good as 0.</summary>
    public static float Round(WeightForm form, ReadOnlySpan<float> values, Span<sbyte> codes)
    {
        float largest = 0;
        foreach (float value in values) largest = Math.Max(largest, Math.Abs(value));
        if (largest < Smallest)
        {
            codes.Clear();
            return 1;
        }
        float scale = form == WeightForm.Int8 ? largest / Int8Most : BestOfFourBits(values, largest);
        for (int i = 0; i < codes.Length; i++) codes[i] = (sbyte)Code(values[i], scale, form == WeightForm.Int8 ? -Int8Most : Int4Least, form == WeightForm.Int8 ? Int8Most : Int4Most);
        return scale;
    }

    /// <summary>
    /// With 16 steps it matters where they lie: of scales from the one that reaches the largest value down to 0.7 of it, the one with the least squared error.
    /// </summary>
    private static float BestOfFourBits(ReadOnlySpan<float> values, float largest)
    {
        const int Tries = 16;
        const float Narrowest = 0.7f;
        float best = 0;
        double bestError = double.PositiveInfinity;
        for (int i = 0; i <= Tries; i++)
        {
            float scale = largest / Int4Most * (1 - (1 - Narrowest) * i / Tries);
            double error = 0;
            foreach (float value in values)
            {
                double off = value - (double)scale * Code(value, scale, Int4Least, Int4Most);
                error += off * off;
            }
            if (error >= bestError) continue;
            (best, bestError) = (scale, error);
        }
        return best;
    }

    private static int Code(float value, float scale, int least, int most) => (int)Math.Clamp(MathF.Round(value / scale), least, most);
}
