namespace SeqStream.Hosting.Generation;

/// <summary>Probabilities from a model's scores.</summary>
internal static class LogProbability
{
    /// <summary>Negative natural logarithm of a symbol's softmax probability.</summary>
    public static double NatsOf(ReadOnlySpan<float> scores, int symbol)
    {
        double greatest = double.NegativeInfinity;
        foreach (float score in scores) greatest = Math.Max(greatest, score);
        double sum = 0;
        foreach (float score in scores) sum += Math.Exp(score - greatest);
        return Math.Log(sum) + greatest - scores[symbol];
    }
}
