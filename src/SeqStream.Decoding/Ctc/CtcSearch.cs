using SeqStream.State;

namespace SeqStream.Decoding.Ctc;

/// <summary>A search for the transcript of an utterance, step by step.</summary>
internal abstract class CtcSearch
{
    /// <summary>The best transcript so far; the search's own.</summary>
    public abstract CtcTranscript Best { get; }

    /// <summary>Takes the probabilities of a step.</summary>
    /// <param name="probabilities">[label] that sum to 1.</param>
    /// <param name="start">Where the step begins.</param>
    /// <param name="end">Where it ends.</param>
    public abstract void Accept(ReadOnlySpan<float> probabilities, double start, double end);

    /// <summary>Begins an utterance. A symbol that is still sounding does not begin it anew.</summary>
    public abstract void Clear();

    /// <summary>Forgets everything.</summary>
    public abstract void Reset();

    public abstract void Save(StateWriter writer);

    public abstract void Restore(ref StateReader reader);
}
