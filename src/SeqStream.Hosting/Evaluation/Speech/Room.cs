using System.Numerics;
using System.Runtime.InteropServices;

namespace SeqStream.Hosting.Evaluation.Speech;

/// <summary>
/// A room as velvet noise (Karjalainen, Jarvelainen, "Reverberation modeling using velvet noise", 2007): one reflection of either sign in each 1.25 ms, weaker and weaker: by 60 dB within
/// 0.05 to 0.4 s.
/// </summary>
internal sealed class Room
{
    private const int Grid = 10; // samples
    private readonly int[] _places;       // [reflection] in samples
    private readonly double[] _strengths; // [reflection]

    /// <summary>Draws a room.</summary>
    public Room(SplitMix64 draw)
    {
        double seconds = draw.Number(0.05, 0.4), wet = draw.Number(0, 0.5);
        int count = (int)(seconds * SpokenWords.RateHz) / Grid;
        _places = new int[count];
        _strengths = new double[count];
        double energy = 0;
        for (int i = 0; i < count; i++)
        {
            ulong bits = draw.Next();
            double strength = Math.Pow(10, -3.0 * Grid / SpokenWords.RateHz / seconds * (i + 1));
            energy += strength * strength;
            _places[i] = Grid * (i + 1) + (int)((bits >> 1) % Grid);
            _strengths[i] = (bits & 1) == 1 ? strength : -strength;
        }
        for (int i = 0; i < count; i++) _strengths[i] *= wet / Math.Sqrt(energy);
    }

    /// <summary>The sound as it is heard in the room.</summary>
    public double[] Apply(double[] clean)
    {
        double[] sound = [.. clean];
        for (int i = 0; i < _places.Length && _places[i] < clean.Length; i++) Add(clean.AsSpan(0, clean.Length - _places[i]), _strengths[i], sound.AsSpan(_places[i]));
        return sound;
    }

    private static void Add(ReadOnlySpan<double> from, double strength, Span<double> to)
    {
        ReadOnlySpan<Vector<double>> wideFrom = MemoryMarshal.Cast<double, Vector<double>>(from);
        Span<Vector<double>> wideTo = MemoryMarshal.Cast<double, Vector<double>>(to);
        for (int i = 0; i < wideFrom.Length; i++) wideTo[i] += strength * wideFrom[i];
        for (int i = wideFrom.Length * Vector<double>.Count; i < from.Length; i++) to[i] += strength * from[i];
    }
}
