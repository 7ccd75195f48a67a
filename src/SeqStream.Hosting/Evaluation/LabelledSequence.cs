namespace SeqStream.Hosting.Evaluation;

/// <summary>A sequence with the answers that were wanted.</summary>
/// <param name="Tokens">Its tokens; empty if it is made of numbers.</param>
/// <param name="Rows">Its rows of numbers; empty if it is made of tokens.</param>
/// <param name="Labels">The wanted label of each token or row.</param>
internal sealed record LabelledSequence(string[] Tokens, float[][] Rows, string[] Labels)
{
    /// <summary>Its text, not split into tokens; empty if it has none.</summary>
    public string Text { get; init; } = "";

    /// <summary>Seconds of each row; empty if the rows have no times.</summary>
    public double[] Times { get; init; } = [];
}
