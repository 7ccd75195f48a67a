using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace SeqStream.Audio.Samples;

/// <summary>Samples as they are written, to float32 in [-1, 1]. Integers are divided by their largest magnitude, so 16 and 24 bits are exact.</summary>
[HotPath]
public static class SampleConversion
{
    /// <summary>Converts <paramref name="samples"/>.Length samples.</summary>
    /// <param name="encoding">How the bytes are written.</param>
    /// <param name="bytes">At least one sample's bytes for each sample.</param>
    /// <param name="samples">Where they go.</param>
    public static void ToFloat(SampleEncoding encoding, ReadOnlySpan<byte> bytes, Span<float> samples)
    {
        bytes = bytes[..(samples.Length * encoding.ByteSize())];
        switch (encoding)
        {
            case SampleEncoding.S16: FromS16(bytes, samples); break;
            case SampleEncoding.S24: FromS24(bytes, samples); break;
            case SampleEncoding.S32: FromS32(bytes, samples); break;
            case SampleEncoding.U8: FromU8(bytes, samples); break;
            case SampleEncoding.F32: FromF32(bytes, samples); break;
            case SampleEncoding.F64: FromF64(bytes, samples); break;
            case SampleEncoding.MuLaw: FromTable(Companding.MuLaw, bytes, samples); break;
            default: FromTable(Companding.ALaw, bytes, samples); break;
        }
    }

    /// <summary>True if every sample is a number: neither NaN nor infinite.</summary>
    public static bool AllFinite(ReadOnlySpan<float> samples)
    {
        // x * 0 is 0 for a number and NaN otherwise; sums keep NaN.
        Vector<float> sum = Vector<float>.Zero;
        int at = 0;
        for (; at <= samples.Length - Vector<float>.Count; at += Vector<float>.Count) sum += new Vector<float>(samples[at..]) * Vector<float>.Zero;
        float rest = Vector.Sum(sum);
        for (; at < samples.Length; at++) rest += samples[at] * 0;
        return rest == 0;
    }

    private static void FromS16(ReadOnlySpan<byte> bytes, Span<float> samples)
    {
        const float Scale = 1 / 32768f;
        int at = 0;
        if (BitConverter.IsLittleEndian)
        {
            ReadOnlySpan<short> shorts = MemoryMarshal.Cast<byte, short>(bytes);
            for (; at <= samples.Length - Vector<short>.Count; at += Vector<short>.Count)
            {
                Vector.Widen(new Vector<short>(shorts[at..]), out Vector<int> low, out Vector<int> high);
                (Vector.ConvertToSingle(low) * Scale).CopyTo(samples[at..]);
                (Vector.ConvertToSingle(high) * Scale).CopyTo(samples[(at + Vector<int>.Count)..]);
            }
        }
        for (; at < samples.Length; at++) samples[at] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * at)..]) * Scale;
    }

    private static void FromS24(ReadOnlySpan<byte> bytes, Span<float> samples)
    {
        for (int i = 0, at = 0; i < samples.Length; i++, at += 3)
        {
            int value = (bytes[at] << 8 | bytes[at + 1] << 16 | bytes[at + 2] << 24) >> 8;
            samples[i] = value * (1 / 8388608f);
        }
    }

    private static void FromS32(ReadOnlySpan<byte> bytes, Span<float> samples)
    {
        const float Scale = 1 / 2147483648f;
        int at = 0;
        if (BitConverter.IsLittleEndian)
        {
            ReadOnlySpan<int> ints = MemoryMarshal.Cast<byte, int>(bytes);
            for (; at <= samples.Length - Vector<int>.Count; at += Vector<int>.Count)
            {
                (Vector.ConvertToSingle(new Vector<int>(ints[at..])) * Scale).CopyTo(samples[at..]);
            }
        }
        for (; at < samples.Length; at++) samples[at] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * at)..]) * Scale;
    }

    private static void FromU8(ReadOnlySpan<byte> bytes, Span<float> samples)
    {
        for (int i = 0; i < samples.Length; i++) samples[i] = (bytes[i] - 128) * (1 / 128f);
    }

    private static void FromF32(ReadOnlySpan<byte> bytes, Span<float> samples)
    {
        if (BitConverter.IsLittleEndian)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(samples));
            return;
        }
        for (int i = 0; i < samples.Length; i++) samples[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
    }

    private static void FromF64(ReadOnlySpan<byte> bytes, Span<float> samples)
    {
        for (int i = 0; i < samples.Length; i++) samples[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]);
    }

    private static void FromTable(float[] table, ReadOnlySpan<byte> bytes, Span<float> samples)
    {
        for (int i = 0; i < samples.Length; i++) samples[i] = table[bytes[i]];
    }
}
