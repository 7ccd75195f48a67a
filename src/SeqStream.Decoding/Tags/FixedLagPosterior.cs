using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Decoding.Tags;

/// <summary>
/// Probabilities of tags given all words so far, by the forward-backward recursion over the last lag + 1 words (Rabiner 1989), with sums of one in place of logarithms.
/// </summary>
internal sealed class FixedLagPosterior
{
    private const float Least = 1e-20f; // keeps a sequence that contradicts the transitions from summing to zero

    private readonly int _tags;
    private readonly int _ring;
    private readonly float[] _start;       // [tag] exp of the log-scores
    private readonly float[] _transitions; // [from, to]
    private readonly float[] _end;         // [tag]
    private readonly float[] _odds;        // [t % (lag + 1), tag] exp(score - greatest score)
    private readonly float[] _forward;     // [t % (lag + 1), tag] sums to one
    private readonly float[] _last;        // [tag] the forward row of the last word
    private float[] _backward;             // [tag]
    private float[] _before;               // [tag]
    private bool _isFinished;
    private long _steps;

    public FixedLagPosterior(BioTagOptions options)
    {
        _tags = options.Tags.Length;
        _ring = options.Lag + 1;
        _start = [.. options.Start.Select(MathF.Exp)];
        _transitions = [.. options.Transitions.Select(MathF.Exp)];
        _end = [.. options.End.Select(MathF.Exp)];
        _odds = new float[_ring * _tags];
        _forward = new float[_ring * _tags];
        _last = new float[_tags];
        _backward = new float[_tags];
        _before = new float[_tags];
    }

    /// <summary>Adds a word.</summary>
    [HotPath]
    public void Extend(ReadOnlySpan<float> scores)
    {
        Span<float> odds = Row(_odds, _steps);
        Span<float> forward = Row(_forward, _steps);
        Softmax.Exponentials(scores, odds);
        for (int to = 0; to < _tags; to++)
        {
            odds[to] = MathF.Max(odds[to], Least);
            forward[to] = (_steps == 0 ? _start[to] : Into(to)) * odds[to];
        }
        Normalise(forward);
        forward.CopyTo(_last);
        _steps++;
    }

    /// <summary>The last word has been added.</summary>
    public void Finish() => _isFinished = true;

    /// <summary>The probability that the word <paramref name="back"/> words ago has a tag.</summary>
    [HotPath]
    public float Probability(int back, int tag)
    {
        for (int i = 0; i < _tags; i++) _backward[i] = _isFinished ? _end[i] : 1;
        for (long t = _steps - 1; t > _steps - 1 - back; t--)
        {
            ReadOnlySpan<float> odds = Row(_odds, t);
            for (int from = 0; from < _tags; from++)
            {
                float sum = 0;
                for (int to = 0; to < _tags; to++) sum += _transitions[from * _tags + to] * odds[to] * _backward[to];
                _before[from] = sum;
            }
            (_backward, _before) = (_before, _backward);
            Normalise(_backward);
        }
        ReadOnlySpan<float> forward = Row(_forward, _steps - 1 - back);
        float all = 0;
        for (int i = 0; i < _tags; i++) all += forward[i] * _backward[i];
        return forward[tag] * _backward[tag] / all;
    }

    /// <summary>Forgets all words.</summary>
    public void Reset()
    {
        _steps = 0;
        _isFinished = false;
    }

    /// <summary>Writes the words not settled.</summary>
    public void Save(StateWriter writer)
    {
        writer.WriteAll(_odds);
        writer.WriteAll(_forward);
        writer.WriteAll(_last);
    }

    /// <summary>Goes on after <paramref name="steps"/> words from what <see cref="Save"/> wrote.</summary>
    public void Restore(ref StateReader reader, long steps)
    {
        reader.ReadAll(_odds);
        reader.ReadAll(_forward);
        reader.ReadAll(_last);
        _isFinished = false;
        _steps = steps;
    }

    private float Into(int to)
    {
        float sum = 0;
        for (int from = 0; from < _tags; from++) sum += _last[from] * _transitions[from * _tags + to];
        return sum;
    }

    private Span<float> Row(float[] table, long step) => table.AsSpan((int)(step % _ring) * _tags, _tags);

    private static void Normalise(Span<float> values)
    {
        float sum = 0;
        foreach (float value in values) sum += value;
        for (int i = 0; i < values.Length; i++) values[i] /= sum;
    }
}
