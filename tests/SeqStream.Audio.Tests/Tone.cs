using System.Runtime.InteropServices;

namespace SeqStream.Audio;

/// <summary>Samples to test with.</summary>
internal static class Tone
{
    /// <summary>A sine of amplitude 1/2.</summary>
    public static float[] Sine(int rateHz, double frequencyHz, int count)
    {
        float[] samples = new float[count];
        for (int i = 0; i < count; i++) samples[i] = (float)(0.5 * Math.Sin(2 * Math.PI * frequencyHz * i / rateHz));
        return samples;
    }

    /// <summary>16 bit noise, the same for the same seed.</summary>
    public static short[] Noise(int count, int seed)
    {
        Random random = new(seed);
        short[] samples = new short[count];
        for (int i = 0; i < count; i++) samples[i] = (short)random.Next(short.MinValue, short.MaxValue + 1);
        return samples;
    }

    public static byte[] Bytes(short[] samples) => MemoryMarshal.AsBytes<short>(samples).ToArray();

    public static float[] Floats(short[] samples) => [.. samples.Select(static sample => sample / 32768f)];
}
