using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Decoding.Sampling;

/// <summary>
/// Draws the next symbol from a model's scores: temperature, then top-k, then top-p (Holtzman et al., "The curious case of neural text degeneration", 2020).
/// The same seed and the same scores give the same choices on every machine. One thread at a time; allocates nothing after the first call.
/// </summary>
public sealed class Sampler
{
    private readonly SamplerOptions _options;
    private Xoshiro256 _random;
    private double[] _odds = [];  // [candidate] exp(score - greatest score)
    private int[] _symbols = [];  // [candidate] most probable first

    /// <summary>Creates the sampler at the beginning of its seed's numbers.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Sampler(SamplerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyList<string> problems = options.Problems();
        if (problems.Count > 0) throw new ArgumentException(string.Join(' ', problems), nameof(options));
        _options = options;
        _random = new Xoshiro256(options.Seed);
    }

    /// <summary>Chooses a symbol.</summary>
    /// <param name="scores">[symbol] unnormalised log-probabilities; one that is not a number is never chosen.</param>
    /// <returns>The index of the chosen symbol; -1 if no score is a finite number.</returns>
    [HotPath]
    public int Next(ReadOnlySpan<float> scores)
    {
        Reserve(scores.Length);
        int count = Sort(scores);
        if (count == 0) return -1;
        if (_options.Temperature == 0) return _symbols[0];
        if (_options.TopK > 0) count = Math.Min(count, _options.TopK);
        double sum = Weigh(scores, count);
        if (_options.TopP < 1) (count, sum) = Nucleus(count, sum);
        return Draw(count, sum);
    }

    /// <summary>Writes where its random numbers stand.</summary>
    public void Save(StateWriter writer) => _random.Save(writer);

    /// <summary>Goes on from where <see cref="Save"/> was called, with this sampler's own options.</summary>
    /// <exception cref="StateSnapshotException">The bytes end early, or are no state of a sampler.</exception>
    public void Restore(ref StateReader reader) => _random.Restore(ref reader);

    private void Reserve(int count)
    {
        if (_symbols.Length >= count) return;
        _symbols = new int[count];
        _odds = new double[count];
    }

    private int Sort(ReadOnlySpan<float> scores)
    {
        int count = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (!float.IsFinite(scores[i])) continue;
            _odds[count] = -(double)scores[i];
            _symbols[count++] = i;
        }
        // Equal keys may land in any order, so ties are put into the order of symbols afterwards.
        _odds.AsSpan(0, count).Sort(_symbols.AsSpan(0, count));
        for (int from = 0; from < count;)
        {
            int to = from + 1;
            while (to < count && _odds[to] == _odds[from]) to++;
            _symbols.AsSpan(from, to - from).Sort();
            from = to;
        }
        return count;
    }

    private double Weigh(ReadOnlySpan<float> scores, int count)
    {
        double greatest = scores[_symbols[0]];
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            _odds[i] = PortableExp.Of((scores[_symbols[i]] - greatest) / _options.Temperature);
            sum += _odds[i];
        }
        return sum;
    }

    private (int Count, double Sum) Nucleus(int count, double sum)
    {
        double wanted = sum * _options.TopP;
        double reached = 0;
        int kept = 0;
        while (kept < count && reached < wanted) reached += _odds[kept++];
        return (kept, reached);
    }

    private int Draw(int count, double sum)
    {
        double at = _random.NextDouble() * sum;
        for (int i = 0; i < count - 1; i++)
        {
            at -= _odds[i];
            if (at < 0) return _symbols[i];
        }
        return _symbols[count - 1];
    }
}
