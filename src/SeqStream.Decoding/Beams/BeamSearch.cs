using SeqStream.State;

namespace SeqStream.Decoding.Beams;

/// <summary>
/// Follows the <see cref="BeamOptions.Width"/> likeliest beginnings of an answer. At each step the twice as many likeliest continuations of all of them are ranked: an end among the first
/// half finishes a hypothesis, the others live on until there are enough; those less likely than the best by the <see cref="BeamOptions.Margin"/> are given up. The search is over when the best
/// living one is worth no more than the best finished one, or when the answer is as long as it may be, where the best living one counts as finished. Equal scores keep the order of rows and words, so the outcome is the same everywhere.
/// </summary>
internal sealed class BeamSearch
{
    private readonly BeamOptions _options;
    private readonly double[] _norms;          // [words of a hypothesis] by which its score is divided
    private readonly bool[] _isForbidden;      // [word]
    private readonly Candidate[] _candidates;  // [2 * width] best first
    private readonly long[] _parents;          // [rows] row of the last step that each living hypothesis continues
    private Hypothesis[] _live;                // [width]
    private Hypothesis[] _next;                // [width]
    private readonly Hypothesis[] _finished;   // [width]
    private int _found;                        // candidates
    private int _liveCount;
    private int _finishedCount;
    private int _length;                       // words of each living hypothesis
    private int _most;                         // words that the answer may have

    public BeamSearch(BeamOptions options)
    {
        _options = options;
        _norms = [.. Enumerable.Range(0, options.Longest + 2).Select(count => Math.Pow(Math.Max(count, 1), options.LengthPower))];
        _isForbidden = [.. options.Words.Select((_, id) => options.Forbidden.Contains(id))];
        _candidates = new Candidate[2 * options.Width];
        _parents = new long[options.Rows];
        (_live, _next, _finished) = (Make(), Make(), Make());

        Hypothesis[] Make() => [.. Enumerable.Range(0, options.Width).Select(_ => new Hypothesis(options.Longest))];
    }

    /// <summary>True when the answer is settled: <see cref="Best"/>.</summary>
    public bool IsOver { get; private set; }

    /// <summary>[rows] which row of the step before each hypothesis continues; rows without one continue the first.</summary>
    public ReadOnlySpan<long> Parents => _parents;

    /// <summary>Begins an answer of at most <paramref name="most"/> words.</summary>
    public void Begin(int most)
    {
        _most = Math.Clamp(most, 1, _options.Longest);
        _live[0].Clear();
        (_liveCount, _finishedCount, _length, IsOver) = (1, 0, 0, false);
    }

    /// <summary>Takes the model's answer for the living hypotheses.</summary>
    /// <param name="scores">[rows, words] log-probabilities.</param>
    /// <param name="attention">[rows, places].</param>
    /// <param name="sourceWords">Words of the source.</param>
    [HotPath]
    public void Advance(ReadOnlySpan<float> scores, ReadOnlySpan<float> attention, int sourceWords)
    {
        Rank(scores);
        int living = 0;
        double least = _found > 0 ? _candidates[0].Score - _options.Margin : 0;
        for (int rank = 0; rank < _found && living < _options.Width; rank++)
        {
            Candidate candidate = _candidates[rank];
            if (candidate.Score < least) break;
            Hypothesis parent = _live[candidate.Row];
            if (candidate.Word == _options.End)
            {
                if (rank < _options.Width) Finish(parent, candidate.Score);
                continue;
            }
            int word = candidate.Word == _options.Unknown ? ~Place(attention, candidate.Row, sourceWords) : candidate.Word;
            _parents[living] = candidate.Row;
            _next[living++].Set(parent, word, candidate.Score);
        }
        for (int row = living; row < _parents.Length; row++) _parents[row] = 0;
        (_live, _next) = (_next, _live);
        _liveCount = living;
        _length++;
        if (living > 0 && _length == _most) Finish(_live[0], _live[0].Score);
        IsOver = living == 0 || _length == _most || IsBeaten();
    }

    /// <summary>The word that a row continues with: what the model is given next.</summary>
    public int LastWord(int row)
    {
        if (row >= _liveCount) return _options.End;
        int word = _live[row].Words[^1];
        return word < 0 ? _options.Unknown : word;
    }

    /// <summary>The best answer so far: a finished one, or where none is, the likeliest beginning.</summary>
    public Hypothesis Best
    {
        get
        {
            if (_finishedCount == 0) return _live[0];
            Hypothesis best = _finished[0];
            for (int at = 1; at < _finishedCount; at++)
            {
                if (Worth(_finished[at]) > Worth(best)) best = _finished[at];
            }
            return best;
        }
    }

    /// <summary>How likely a word of an answer is on average.</summary>
    public static float Certainty(Hypothesis answer) => (float)Math.Exp(answer.Score / (answer.Count + 1));

    /// <summary>Words on which every hypothesis that may win agrees: they will not change.</summary>
    public int Settled()
    {
        ReadOnlySpan<int> first = _live[0].Words;
        int settled = first.Length;
        for (int at = 1; at < _liveCount; at++) settled = Math.Min(settled, first.CommonPrefixLength(_live[at].Words));
        for (int at = 0; at < _finishedCount; at++) settled = Math.Min(settled, first.CommonPrefixLength(_finished[at].Words));
        return settled;
    }

    /// <summary>Words of the likeliest living hypothesis.</summary>
    public ReadOnlySpan<int> Leading => _live[0].Words;

    public void Save(StateWriter writer)
    {
        writer.Write(_most);
        writer.Write(_length);
        writer.Write(_liveCount);
        writer.Write(_finishedCount);
        writer.WriteAll(_parents);
        for (int at = 0; at < _liveCount; at++) _live[at].Save(writer);
        for (int at = 0; at < _finishedCount; at++) _finished[at].Save(writer);
    }

    public void Restore(ref StateReader reader)
    {
        _most = reader.ReadInt(1, _options.Longest);
        _length = reader.ReadInt(1, Math.Max(1, _most - 1));
        _liveCount = reader.ReadInt(1, _options.Width);
        _finishedCount = reader.ReadInt(0, _options.Width);
        reader.ReadAll(_parents);
        bool fits = true;
        foreach (long parent in _parents) fits &= parent >= 0 && parent < _options.Rows;
        for (int at = 0; at < _liveCount; at++)
        {
            _live[at].Restore(ref reader, _options.Words.Length, _options.Ports.Places);
            fits &= _live[at].Count == _length;
        }
        for (int at = 0; at < _finishedCount; at++) _finished[at].Restore(ref reader, _options.Words.Length, _options.Ports.Places);
        if (!fits) throw new StateSnapshotException("The saved state holds hypotheses that do not go together: it was damaged. Use an intact copy.");
        IsOver = false;
    }

    /// <summary>Finds the likeliest continuations of all living hypotheses.</summary>
    private void Rank(ReadOnlySpan<float> scores)
    {
        _found = 0;
        int words = _options.Words.Length;
        for (int row = 0; row < _liveCount; row++)
        {
            double before = _live[row].Score;
            ReadOnlySpan<float> ofRow = scores.Slice(row * words, words);
            double least = _found == _candidates.Length ? _candidates[^1].Score : double.NegativeInfinity;
            for (int word = 0; word < ofRow.Length; word++)
            {
                double score = before + ofRow[word];
                if (score <= least || _isForbidden[word]) continue;
                Insert(new Candidate(row, word, score));
                if (_found == _candidates.Length) least = _candidates[^1].Score;
            }
        }
    }

    private void Insert(Candidate candidate)
    {
        int at = _found < _candidates.Length ? _found++ : _found - 1;
        for (; at > 0 && _candidates[at - 1].Score < candidate.Score; at--) _candidates[at] = _candidates[at - 1];
        _candidates[at] = candidate;
    }

    /// <summary>Keeps a finished hypothesis, in the place of the worst one if there are enough.</summary>
    private void Finish(Hypothesis parent, double score)
    {
        int at = _finishedCount;
        if (at < _finished.Length) _finishedCount++;
        else
        {
            at = 0;
            for (int other = 1; other < _finished.Length; other++)
            {
                if (Worth(_finished[other]) < Worth(_finished[at])) at = other;
            }
            if (score / _norms[parent.Count + 1] <= Worth(_finished[at])) return;
        }
        _finished[at].Set(parent, score);
    }

    /// <summary>True if a finished hypothesis is worth more than the best living one if that ended now.</summary>
    private bool IsBeaten() => _finishedCount > 0 && _live[0].Score / _norms[_length + 1] <= Worth(Best);

    private double Worth(Hypothesis finished) => finished.Score / _norms[finished.Count + 1];

    /// <summary>The source word at which a row looked most.</summary>
    private int Place(ReadOnlySpan<float> attention, int row, int sourceWords)
    {
        ReadOnlySpan<float> places = attention.Slice(row * _options.Ports.Places, sourceWords);
        int best = 0;
        for (int place = 1; place < places.Length; place++)
        {
            if (places[place] > places[best]) best = place;
        }
        return best;
    }

    private readonly record struct Candidate(int Row, int Word, double Score);
}
