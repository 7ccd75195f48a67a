using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace SeqStream.Hosting.Tests.Evaluation.Speech;

/// <summary>A zip of made-up recordings: noise, as long as the digit is great, from two speakers.</summary>
internal static class SpokenArchive
{
    public static string Write(string folder)
    {
        string path = Path.Combine(folder, "spoken.zip");
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        uint state = 1;
        foreach (string speaker in new[] { "ann", "bob" })
        {
            for (int digit = 0; digit < 10; digit++)
            {
                short[] samples = new short[900 + 100 * digit];
                for (int i = 0; i < samples.Length; i++)
                {
                    state = (1103515245 * state + 12345) & 0x7FFFFFFF;
                    samples[i] = (short)Math.Floor(((int)(state >> 15) - 32768) / 4.0);
                }
                Add(archive, string.Create(CultureInfo.InvariantCulture, $"{digit}_{speaker}_0.wav"), samples);
            }
        }
        return path;
    }

    public static void Add(ZipArchive archive, string name, short[] samples, int rateHz = 8000)
    {
        using Stream entry = archive.CreateEntry(name).Open();
        entry.Write(Wav(samples, rateHz));
    }

    public static byte[] Wav(ReadOnlySpan<short> samples, int rateHz)
    {
        byte[] wav = new byte[44 + 2 * samples.Length];
        "RIFF"u8.CopyTo(wav);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(4), wav.Length - 8);
        "WAVEfmt "u8.CopyTo(wav.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(24), rateHz);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(28), 2 * rateHz);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(34), 16);
        "data"u8.CopyTo(wav.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(40), 2 * samples.Length);
        for (int i = 0; i < samples.Length; i++) BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(44 + 2 * i), samples[i]);
        return wav;
    }
}
