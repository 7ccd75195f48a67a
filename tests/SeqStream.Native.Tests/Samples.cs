using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using SeqStream.TestSupport;

namespace SeqStream.Native.Tests;

/// <summary>What models are fed with in these tests: made up, the same in every run.</summary>
internal static class Samples
{
    private const int SampleRate = 8000;
    private const int WavHeaderBytes = 44;

    /// <summary>The command line that runs on .NET, built beside the tests.</summary>
    public static string ManagedProgram { get; } = Path.Combine(AppContext.BaseDirectory, "seqstream");

    /// <summary>Forty rows for a model of sensors or bodies.</summary>
    public static string Rows(string model)
    {
        (int numbers, double least, double greatest) = model switch
        {
            "activity" => (6, 0, 45),
            "motions" => (6, -8, 8),
            _ => (60, -1, 1),
        };
        Random random = new(11);
        StringBuilder rows = new();
        for (int row = 0; row < 40; row++)
            rows.AppendJoin(',', Enumerable.Range(0, numbers).Select(_ => (least + (greatest - least) * random.NextDouble()).ToString("F2", CultureInfo.InvariantCulture))).Append('\n');
        return rows.ToString();
    }

    /// <summary>Lines for a model of words or letters.</summary>
    public static string Text(string model) => model switch
    {
        "dna" => "ACGTAGGTAAGTCCATTTTTTTTTTCAGGACGTTGGCACGGTAAGTATTTTCCCAGCA\nACGGTGAGTTTTTCAG\n",
        "translate-fr-en" => "un homme joue de la guitare .\ndeux chiens courent dans la neige .\n",
        _ => "Ada Lovelace, the daughter of Lord Byron, worked in London.\nWhat a funny and moving film. I hated it, you idiot.\nParis too.\n",
    };

    /// <summary>16-bit samples at 8 kHz: spoken digits where the shared recordings are there, else bursts of noise.</summary>
    public static byte[] Sound()
    {
        short[] samples = Recorded() ?? Bursts();
        byte[] bytes = new byte[samples.Length * sizeof(short)];
        for (int i = 0; i < samples.Length; i++) BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(i * sizeof(short)), samples[i]);
        return bytes;
    }

    /// <summary>The same as a WAV file.</summary>
    public static byte[] Wav()
    {
        byte[] data = Sound();
        byte[] file = new byte[WavHeaderBytes + data.Length];
        Span<byte> at = file;
        "RIFF"u8.CopyTo(at);
        BinaryPrimitives.WriteInt32LittleEndian(at[4..], 36 + data.Length);
        "WAVEfmt "u8.CopyTo(at[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(at[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(at[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(at[22..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(at[24..], SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(at[28..], SampleRate * sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(at[32..], sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(at[34..], 16);
        "data"u8.CopyTo(at[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(at[40..], data.Length);
        data.CopyTo(at[WavHeaderBytes..]);
        return file;
    }

    private static short[]? Recorded()
    {
        string path = Path.Combine(SharedFolder.Repository, "..", "shared", "data", "speech", "fsdd-test.zip");
        if (!File.Exists(path)) return null;
        using ZipArchive archive = ZipFile.OpenRead(path);
        List<short> samples = [.. new short[SampleRate / 2]];
        foreach (string name in new[] { "3_jackson_0", "7_theo_1", "0_nicolas_2" })
        {
            using MemoryStream bytes = new();
            using (Stream packed = archive.GetEntry($"{name}.wav")!.Open()) packed.CopyTo(bytes);
            ReadOnlySpan<byte> data = bytes.ToArray().AsSpan(WavHeaderBytes);
            for (int i = 0; i + 1 < data.Length; i += sizeof(short)) samples.Add(BinaryPrimitives.ReadInt16LittleEndian(data[i..]));
            samples.AddRange(new short[SampleRate / 2]);
        }
        return [.. samples];
    }

    private static short[] Bursts()
    {
        Random random = new(5);
        short[] samples = new short[3 * SampleRate];
        for (int i = 0; i < samples.Length; i++)
        {
            bool isLoud = i / (SampleRate / 2) % 2 == 1;
            samples[i] = (short)((isLoud ? 6000 * Math.Sin(i * 0.35) * Math.Sin(i * 0.011) : 0) + random.Next(-20, 21));
        }
        return samples;
    }
}
