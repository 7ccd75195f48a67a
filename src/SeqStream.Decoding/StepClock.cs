using SeqStream.Contracts;

namespace SeqStream.Decoding;

/// <summary>Where steps lie in the time of a stream: in seconds where the card says how long a step is, else in steps.</summary>
/// <param name="seconds">Duration of a step in seconds; 0 to count steps.</param>
internal readonly struct StepClock(double seconds)
{
    /// <summary>Reads <c>stepMs</c>, the duration of a step in milliseconds (none: spans are counted in steps).</summary>
    public static double SecondsOf(CardSection card) => card.Has("stepMs") ? card.Number("stepMs", 1e-3, 1e6) / 1000 : 0;

    /// <summary>Where a step begins.</summary>
    /// <param name="step">Its index in its stream.</param>
    /// <param name="time">Its measured time, NaN if unknown.</param>
    /// <param name="delay">Steps by which the one that is meant lies before it.</param>
    public double StartOf(long step, double time, int delay = 0)
    {
        if (seconds == 0) return step - delay;
        return Rounded((double.IsNaN(time) ? step * seconds : time) - delay * seconds);
    }

    /// <summary>Where a step that begins at <paramref name="start"/> ends.</summary>
    public double EndOf(double start) => seconds == 0 ? start + 1 : Rounded(start + seconds);

    /// <summary>To whole microseconds, so that sums of steps print as people write them.</summary>
    private static double Rounded(double value) => Math.Round(value, 6);
}
