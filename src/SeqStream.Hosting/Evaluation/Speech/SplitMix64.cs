namespace SeqStream.Hosting.Evaluation.Speech;

/// <summary>SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014): the same numbers here and in <c>tools/train/parts/fsdd.py</c>. Not for secrets.</summary>
/// <param name="seed">The state before the first number.</param>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A whole number from 0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(Next() % (ulong)count);

    /// <summary>A number from <paramref name="low"/> to less than <paramref name="high"/>.</summary>
    public double Number(double low, double high) => low + (high - low) * ((Next() >> 11) * (1.0 / (1UL << 53)));

    /// <summary>A nearly normal number of mean 0 and deviation 1: a sum of four 16 bit numbers.</summary>
    public double Noise()
    {
        ulong z = Next();
        long sum = (long)((z & 0xFFFF) + ((z >> 16) & 0xFFFF) + ((z >> 32) & 0xFFFF) + (z >> 48));
        return (sum - 2 * 65535) / 37837.0;
    }
}
