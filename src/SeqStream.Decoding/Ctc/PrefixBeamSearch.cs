using SeqStream.State;

namespace SeqStream.Decoding.Ctc;

/// <summary>
/// Prefix beam search: the most probable transcripts, each summed over all paths that spell it, of which the best N are kept at every step (Graves 2012, "Supervised sequence labelling with
/// recurrent neural networks", section 7.5; in this form Hannun, Maas, Jurafsky, Ng 2014, "First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs",
/// algorithm 1, without a language model). The best transcript may change with every step.
/// </summary>
internal sealed class PrefixBeamSearch : CtcSearch
{
    private const double Least = 1e-10;     // of a label's probability at a step: rarer ones begin no hypothesis
    private readonly int _labels;
    private readonly int _blank;
    private readonly int _beam;
    private Hypothesis[] _kept;             // [beam * (labels + 1)] the best first
    private Hypothesis[] _next;             // [beam * (labels + 1)] those of the step
    private int _keptCount;
    private int _nextCount;

    public PrefixBeamSearch(int labels, int blank, int beam)
    {
        _labels = labels;
        _blank = blank;
        _beam = beam;
        _kept = Hypotheses(beam * (labels + 1));
        _next = Hypotheses(beam * (labels + 1));
        Reset();
    }

    public override CtcTranscript Best => _kept[0].Transcript;

    [HotPath]
    public override void Accept(ReadOnlySpan<float> probabilities, double start, double end)
    {
        _nextCount = 0;
        for (int i = 0; i < _keptCount; i++) Stay(_kept[i], probabilities, end);
        for (int i = 0; i < _keptCount; i++)
        {
            for (int label = 0; label < _labels; label++)
            {
                if (label != _blank && probabilities[label] >= Least) Grow(_kept[i], label, probabilities[label], start, end);
            }
        }
        Keep();
    }

    public override void Clear() => Reset();

    public override void Reset()
    {
        _keptCount = 1;
        _kept[0].Transcript.Clear();
        (_kept[0].Blank, _kept[0].Symbol) = (1, 0);
    }

    public override void Save(StateWriter writer)
    {
        writer.Write(_keptCount);
        for (int i = 0; i < _keptCount; i++)
        {
            writer.Write(_kept[i].Blank);
            writer.Write(_kept[i].Symbol);
            _kept[i].Transcript.Save(writer);
        }
    }

    public override void Restore(ref StateReader reader)
    {
        Reset();
        int count = reader.ReadInt(1, _beam);
        for (int i = 0; i < count; i++)
        {
            (_kept[i].Blank, _kept[i].Symbol) = (reader.ReadDouble(), reader.ReadDouble());
            _kept[i].Transcript.Restore(ref reader, _labels);
        }
        _keptCount = count;
    }

    /// <summary>The same transcript, by a blank or by its last symbol going on.</summary>
    private void Stay(Hypothesis from, ReadOnlySpan<float> probabilities, double end)
    {
        Hypothesis to = _next[_nextCount++];
        to.Transcript.CopyFrom(from.Transcript);
        to.Blank = from.Total * probabilities[_blank];
        int last = from.Transcript.Last;
        to.Symbol = last >= 0 ? from.Symbol * probabilities[last] : 0;
        if (to.Symbol > to.Blank) to.Transcript.Extend(probabilities[last], end);
    }

    /// <summary>The transcript with one symbol more; the symbol it ends with needs a blank between.</summary>
    private void Grow(Hypothesis from, int label, float probability, double start, double end)
    {
        double mass = probability * (label == from.Transcript.Last ? from.Blank : from.Total);
        if (mass == 0) return;
        Hypothesis? known = Find(from.Transcript, label);
        if (known is not null)
        {
            known.Symbol += mass;
            return;
        }
        Hypothesis to = _next[_nextCount++];
        to.Transcript.CopyFrom(from.Transcript);
        to.Transcript.Add(new CtcWord(label, probability, start, end));
        (to.Blank, to.Symbol) = (0, mass);
    }

    /// <summary>The hypothesis of this step that says <paramref name="transcript"/> and then <paramref name="label"/>, if one does.</summary>
    private Hypothesis? Find(CtcTranscript transcript, int label)
    {
        for (int i = 0; i < _keptCount; i++)
        {
            CtcTranscript other = _next[i].Transcript;
            if (other.Count == transcript.Count + 1 && other.Last == label && other.BeginsWith(transcript)) return _next[i];
        }
        return null;
    }

    /// <summary>Keeps the most probable, the earlier of equals first, and scales them so that they sum to 1.</summary>
    private void Keep()
    {
        _keptCount = Math.Min(_beam, _nextCount);
        double sum = 0;
        for (int i = 0; i < _keptCount; i++)
        {
            int best = i;
            for (int j = i + 1; j < _nextCount; j++)
            {
                if (_next[j].Total > _next[best].Total) best = j;
            }
            Hypothesis chosen = _next[best];
            for (int j = best; j > i; j--) _next[j] = _next[j - 1];
            _next[i] = chosen;
            sum += chosen.Total;
        }
        for (int i = 0; i < _keptCount && sum > 0; i++)
        {
            _next[i].Blank /= sum;
            _next[i].Symbol /= sum;
        }
        (_kept, _next) = (_next, _kept);
    }

    private static Hypothesis[] Hypotheses(int count)
    {
        Hypothesis[] hypotheses = new Hypothesis[count];
        for (int i = 0; i < count; i++) hypotheses[i] = new Hypothesis();
        return hypotheses;
    }

    /// <summary>A transcript with the probability of its paths that end in a blank and of those that end in its last symbol.</summary>
    private sealed class Hypothesis
    {
        public CtcTranscript Transcript { get; } = new();

        public double Blank { get; set; }

        public double Symbol { get; set; }

        public double Total => Blank + Symbol;
    }
}
