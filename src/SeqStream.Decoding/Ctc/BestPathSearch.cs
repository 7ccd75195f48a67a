using SeqStream.State;

namespace SeqStream.Decoding.Ctc;

/// <summary>
/// The best path: the most probable label of each step, of which repeats and then blanks are left out (Graves, Fernandez, Gomez, Schmidhuber 2006, "Connectionist temporal classification",
/// section 3.2). What was said never changes.
/// </summary>
internal sealed class BestPathSearch : CtcSearch
{
    private readonly int _labels;
    private readonly int _blank;
    private int _last; // label of the step before

    public BestPathSearch(int labels, int blank)
    {
        _labels = labels;
        _blank = _last = blank;
    }

    public override CtcTranscript Best { get; } = new();

    [HotPath]
    public override void Accept(ReadOnlySpan<float> probabilities, double start, double end)
    {
        int best = Softmax.Best(probabilities);
        if (best != _blank && best == _last && Best.Count > 0) Best.Extend(probabilities[best], end);
        else if (best != _blank && best != _last) Best.Add(new CtcWord(best, probabilities[best], start, end));
        _last = best;
    }

    public override void Clear() => Best.Clear();

    public override void Reset()
    {
        Best.Clear();
        _last = _blank;
    }

    public override void Save(StateWriter writer)
    {
        writer.Write(_last);
        Best.Save(writer);
    }

    public override void Restore(ref StateReader reader)
    {
        _last = reader.ReadInt(0, _labels - 1);
        Best.Restore(ref reader, _labels);
    }
}
