using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SeqStream.Decoding.Music;

/// <summary>A tune as sound: every note a plucked string, chord names softly beneath. Any thread.</summary>
public static class TuneSound
{
    /// <summary>Samples per second.</summary>
    public const int RateHz = 44_100;

    /// <summary>Longest sound, in seconds.</summary>
    public const double LongestSeconds = 1800;

    private const double MelodyLoudness = 0.42;
    private const double ChordLoudness = 0.07;
    private const double TailSeconds = 0.4;
    private const float Peak = 0.9f;

    /// <summary>The tune as samples, mono, within -1 and 1.</summary>
    /// <exception cref="ArgumentException">It lasts longer than <see cref="LongestSeconds"/>.</exception>
    public static float[] Render(Tune tune)
    {
        ArgumentNullException.ThrowIfNull(tune);
        double seconds = SecondsAt(tune, tune.Length) + TailSeconds;
        if (!(seconds <= LongestSeconds)) throw new ArgumentException(FormattableString.Invariant($"The tune lasts {seconds:0} s, expected at most {LongestSeconds} s. Give it a faster tempo (Q:) or fewer repeats."), nameof(tune));
        float[] samples = new float[(int)(seconds * RateHz)];
        foreach (TuneNote note in tune.Melody) Add(samples, tune, note, MelodyLoudness);
        foreach (TuneNote note in tune.Chords) Add(samples, tune, note, ChordLoudness);
        float greatest = 0;
        foreach (float sample in samples) greatest = Math.Max(greatest, Math.Abs(sample));
        if (greatest <= Peak) return samples;
        foreach (ref float sample in samples.AsSpan()) sample *= Peak / greatest;
        return samples;
    }

    /// <summary>Writes the tune as a WAV file of 16 bit samples, mono.</summary>
    /// <exception cref="ArgumentException">It lasts longer than <see cref="LongestSeconds"/>.</exception>
    public static void WriteWav(Stream output, Tune tune)
    {
        ArgumentNullException.ThrowIfNull(output);
        float[] samples = Render(tune);
        int bytes = samples.Length * sizeof(short);
        Span<byte> header = stackalloc byte[44];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], 36 + bytes);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], 1); // PCM
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], 1); // channel
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], RateHz);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], RateHz * sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], bytes);
        output.Write(header);
        short[] whole = new short[samples.Length];
        for (int i = 0; i < samples.Length; i++)
        {
            short value = (short)Math.Round(samples[i] * short.MaxValue);
            whole[i] = BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
        }
        output.Write(MemoryMarshal.AsBytes(whole.AsSpan()));
    }

    /// <summary>When a place of the tune sounds, in seconds from the beginning.</summary>
    /// <param name="tune">The tune.</param>
    /// <param name="quarters">The place, in quarter notes.</param>
    public static double SecondsAt(Tune tune, double quarters)
    {
        ArgumentNullException.ThrowIfNull(tune);
        double seconds = 0;
        for (int i = 0; i < tune.Tempi.Length && tune.Tempi[i].Start < quarters; i++)
        {
            double until = i + 1 < tune.Tempi.Length ? Math.Min(quarters, tune.Tempi[i + 1].Start) : quarters;
            seconds += (until - tune.Tempi[i].Start) * 60 / tune.Tempi[i].QuartersPerMinute;
        }
        return seconds;
    }

    private static void Add(float[] samples, Tune tune, TuneNote note, double loudness)
    {
        double start = SecondsAt(tune, note.Start);
        double length = SecondsAt(tune, note.Start + note.Length) - start;
        PluckedString.Add(samples.AsSpan(Math.Min(samples.Length, (int)(start * RateHz))), RateHz, note.Pitch, length, loudness);
    }
}
