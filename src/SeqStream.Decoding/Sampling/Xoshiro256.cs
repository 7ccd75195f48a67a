using System.Numerics;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Decoding.Sampling;

/// <summary>
/// xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), seeded through SplitMix64.
/// The same seed gives the same numbers on every machine and in every version. Not for secrets.
/// </summary>
public struct Xoshiro256
{
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>Creates the generator.</summary>
    public Xoshiro256(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    /// <summary>The next 64 bits.</summary>
    [HotPath]
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>The next number in [0, 1), a multiple of 2^-53.</summary>
    [HotPath]
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Writes where the generator stands.</summary>
    public readonly void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach (ulong word in (ReadOnlySpan<ulong>)[_s0, _s1, _s2, _s3]) writer.Write(unchecked((long)word));
    }

    /// <summary>Goes on from where <see cref="Save"/> was called.</summary>
    /// <exception cref="StateSnapshotException">The bytes end early, or are no state of this generator.</exception>
    public void Restore(ref StateReader reader)
    {
        ulong s0 = unchecked((ulong)reader.ReadLong()), s1 = unchecked((ulong)reader.ReadLong()), s2 = unchecked((ulong)reader.ReadLong()), s3 = unchecked((ulong)reader.ReadLong());
        if ((s0 | s1 | s2 | s3) == 0) throw new StateSnapshotException("The saved random generator is all zeros, which no seed leads to: it was damaged. Use an intact copy.");
        (_s0, _s1, _s2, _s3) = (s0, s1, s2, s3);
    }

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
