using System.IO.Compression;
using System.Runtime.InteropServices;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>Recordings of single words, joined; 8000 Hz.</summary>
internal static class SpokenFixture
{
    private const int WavHeaderBytes = 44;

    /// <summary>Recordings such as <c>3_jackson_0</c> with a pause before, between and behind them, over a little noise.</summary>
    public static short[] Joined(params string[] names)
    {
        using ZipArchive archive = ZipFile.OpenRead(SharedFolder.Require("data/speech/fsdd-test.zip"));
        List<short> samples = [.. new short[3200]];
        foreach (string name in names)
        {
            using MemoryStream bytes = new();
            using (Stream packed = archive.GetEntry($"{name}.wav")!.Open()) packed.CopyTo(bytes);
            samples.AddRange(MemoryMarshal.Cast<byte, short>(bytes.ToArray().AsSpan(WavHeaderBytes)));
            samples.AddRange(new short[2400]);
        }
        Random random = new(3);
        return [.. samples.Select(sample => (short)Math.Clamp(sample + random.Next(-20, 21), short.MinValue, short.MaxValue))];
    }

    /// <summary>A WAV file of them.</summary>
    public static byte[] Wav(params string[] names) => SoundFixture.Wav(SoundFixture.Bytes(Joined(names)), 8000, 1);

    /// <summary>The same at twice the rate, each sample twice.</summary>
    public static byte[] WavAtTwiceTheRate(params string[] names) => SoundFixture.Wav(SoundFixture.Bytes([.. Joined(names).SelectMany(static sample => (short[])[sample, sample])]), 16000, 1);
}
