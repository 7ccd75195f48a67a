using SeqStream.Contracts;

namespace SeqStream.Decoding;

/// <summary>Scores to probabilities.</summary>
internal static class Softmax
{
    /// <summary>Writes exp(score - greatest score) and answers their sum.</summary>
    [HotPath]
    public static float Exponentials(ReadOnlySpan<float> scores, Span<float> to)
    {
        float greatest = scores[0];
        foreach (float score in scores) greatest = Math.Max(greatest, score);
        float sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            to[i] = MathF.Exp(scores[i] - greatest);
            sum += to[i];
        }
        return sum;
    }

    /// <summary>The index of the greatest score, the first of equals.</summary>
    [HotPath]
    public static int Best(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best]) best = i;
        }
        return best;
    }
}
