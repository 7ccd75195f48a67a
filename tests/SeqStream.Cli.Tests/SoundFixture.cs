using System.Buffers.Binary;
using System.IO.Compression;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>Samples, files of them and published recordings.</summary>
internal static class SoundFixture
{
    /// <summary>The voice model of a variant.</summary>
    public static string Voice(string model = "silero_vad") => SharedFolder.Require($"models/silero-vad/{model}.onnx");

    /// <summary>A minute of speech, 16 kHz, 16 bits, one channel.</summary>
    public static byte[] Speech => File.ReadAllBytes(SharedFolder.Require("models/silero-vad/test.wav"));

    /// <summary>Deterministic noise.</summary>
    public static short[] Noise(int count, int seed = 7)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1))];
    }

    /// <summary>s16le.</summary>
    public static byte[] Bytes(ReadOnlySpan<short> samples)
    {
        byte[] bytes = new byte[samples.Length * 2];
        for (int i = 0; i < samples.Length; i++) BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), samples[i]);
        return bytes;
    }

    /// <summary>A WAV file of 16 bit samples.</summary>
    public static byte[] Wav(byte[] samples, int rateHz, int channels)
    {
        using MemoryStream file = new();
        using BinaryWriter writer = new(file);
        writer.Write("RIFF"u8);
        writer.Write(36 + samples.Length);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)channels);
        writer.Write(rateHz);
        writer.Write(rateHz * channels * 2);
        writer.Write((short)(channels * 2));
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(samples.Length);
        writer.Write(samples);
        return file.ToArray();
    }

    /// <summary>Lines of a packed reference file.</summary>
    public static string[] Lines(string name)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(SharedFolder.Require($"models/silero-vad/reference/{name}.jsonl.gz")), CompressionMode.Decompress));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
