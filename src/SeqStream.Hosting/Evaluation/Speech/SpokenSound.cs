namespace SeqStream.Hosting.Evaluation.Speech;

/// <summary>A test sound.</summary>
/// <param name="Samples">16 bit samples.</param>
/// <param name="Digits">What is said.</param>
/// <param name="Spans">Where each recording begins and ends, in samples.</param>
internal sealed record SpokenSound(short[] Samples, int[] Digits, (int Start, int End)[] Spans)
{
    private const int Piece = 400;

    /// <summary>The sound in pieces of 50 ms, as a device gives them.</summary>
    public LabelledSequence ToSequence()
    {
        float[] samples = [.. Samples.Select(static sample => sample / 32768f)];
        return new LabelledSequence([], [.. samples.Chunk(Piece)], []);
    }
}
