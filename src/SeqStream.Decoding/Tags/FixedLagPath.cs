using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Decoding.Tags;

/// <summary>Viterbi over the last lag + 1 words (Forney, "The Viterbi algorithm", 1973, section on truncation), with settled tags binding all later paths.</summary>
internal sealed class FixedLagPath(BioTagOptions options)
{
    private readonly int _tags = options.Tags.Length;
    private readonly int[] _from = new int[(options.Lag + 1) * options.Tags.Length]; // [t % (lag + 1), tag] the tag before on the best path
    private float[] _scores = new float[options.Tags.Length];                        // [tag] best path that ends with it
    private float[] _next = new float[options.Tags.Length];
    private long _steps;

    /// <summary>Adds a word.</summary>
    [HotPath]
    public void Extend(ReadOnlySpan<float> scores)
    {
        Span<int> from = From(_steps);
        for (int to = 0; to < _tags; to++)
        {
            float best = options.Start[to];
            if (_steps > 0) (best, from[to]) = BestInto(to);
            _next[to] = best + scores[to];
        }
        (_scores, _next) = (_next, _scores);
        _steps++;
    }

    /// <summary>The last word has been added: how sequences end counts from here on.</summary>
    public void Finish()
    {
        for (int tag = 0; tag < _tags; tag++) _scores[tag] += options.End[tag];
    }

    /// <summary>The tag <paramref name="back"/> words ago on the best path; paths with another tag there are given up.</summary>
    [HotPath]
    public int Settle(int back)
    {
        int settled = TagAt(back, Softmax.Best(_scores));
        for (int tag = 0; tag < _tags; tag++)
        {
            if (TagAt(back, tag) != settled) _scores[tag] = float.NegativeInfinity;
        }
        return settled;
    }

    /// <summary>Forgets all words.</summary>
    public void Reset() => _steps = 0;

    /// <summary>Writes the words not settled.</summary>
    public void Save(StateWriter writer)
    {
        writer.WriteAll(_from);
        writer.WriteAll(_scores);
    }

    /// <summary>Goes on after <paramref name="steps"/> words from what <see cref="Save"/> wrote.</summary>
    public void Restore(ref StateReader reader, long steps)
    {
        reader.ReadAll(_from, 0, _tags - 1);
        reader.ReadAll(_scores);
        _steps = steps;
    }

    private (float Score, int From) BestInto(int to)
    {
        ImmutableArray<float> transitions = options.Transitions;
        float best = _scores[0] + transitions[to];
        int from = 0;
        for (int tag = 1; tag < _tags; tag++)
        {
            float score = _scores[tag] + transitions[tag * _tags + to];
            if (score > best) (best, from) = (score, tag);
        }
        return (best, from);
    }

    private int TagAt(int back, int tag)
    {
        for (long t = _steps - 1; t > _steps - 1 - back; t--) tag = From(t)[tag];
        return tag;
    }

    private Span<int> From(long step) => _from.AsSpan((int)(step % (options.Lag + 1)) * _tags, _tags);
}
