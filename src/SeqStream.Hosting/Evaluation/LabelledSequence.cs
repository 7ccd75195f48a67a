namespace SeqStream.Hosting.Evaluation;

/// <summary>A sequence with the answers that were wanted.</summary>
/// <param name="Tokens">Its tokens; empty if it is made of numbers.</param>
/// <param name="Rows">Its rows of numbers; empty if it is made of tokens.</param>
/// <param name="Labels">The wanted label of each token or row.</param>
internal sealed record LabelledSequence(string[] Tokens, float[][] Rows, string[] Labels);
