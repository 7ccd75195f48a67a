namespace SeqStream.Hosting.Evaluation.Speech;

/// <summary>A recording of one word.</summary>
/// <param name="Digit">Which of the ten words.</param>
/// <param name="Speaker">Who says it.</param>
/// <param name="Samples">The loudest is 1 or -1.</param>
internal sealed record SpokenWord(int Digit, string Speaker, double[] Samples);
