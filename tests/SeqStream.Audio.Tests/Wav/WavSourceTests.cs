using SeqStream.Audio.Samples;
using SeqStream.TestSupport;

namespace SeqStream.Audio.Wav;

public sealed class WavSourceTests
{
    [Theory]
    [InlineData(1, 8, SampleEncoding.U8)]
    [InlineData(1, 16, SampleEncoding.S16)]
    [InlineData(1, 24, SampleEncoding.S24)]
    [InlineData(1, 32, SampleEncoding.S32)]
    [InlineData(3, 32, SampleEncoding.F32)]
    [InlineData(3, 64, SampleEncoding.F64)]
    [InlineData(6, 8, SampleEncoding.ALaw)]
    [InlineData(7, 8, SampleEncoding.MuLaw)]
    public async Task Every_encoding_is_read_plain_and_extensible(int tag, int bits, SampleEncoding encoding)
    {
        byte[] samples = encoding.IsFloat() ? Floats(encoding) : Random(40 * bits / 8);
        float[] expected = new float[samples.Length / encoding.ByteSize()];
        SampleConversion.ToFloat(encoding, samples, expected);
        foreach (byte[] format in (byte[][])[WavBytes.Format(tag, 2, 44100, bits), WavBytes.Extensible(tag, 2, 44100, bits)])
        {
            (AudioFormat found, float[] values) = await ReadAsync(new TrickleStream(WavBytes.File(format, samples), 7, 1, 13));
            Assert.Equal(new AudioFormat(44100, 2), found);
            Assert.Equal(expected, values);
        }
    }

    [Theory]
    [InlineData(0xFFFFFFFF)] // ffmpeg to a pipe
    [InlineData(0x7FFFFFDB)] // sox to a pipe
    [InlineData(0x80000000)] // arecord without a duration
    [InlineData(0u)]
    public async Task Unknown_length_means_until_the_end(uint announced)
    {
        short[] samples = Tone.Noise(1001, 3);
        (_, float[] values) = await ReadAsync(new MemoryStream(WavBytes.File(WavBytes.Format(1, 1, 16000, 16), Tone.Bytes(samples), announced)));
        Assert.Equal(Tone.Floats(samples), values);
    }

    [Fact]
    public async Task Chunks_around_the_samples_are_skipped()
    {
        short[] samples = Tone.Noise(5, 3);
        byte[] file = [.. WavBytes.File(WavBytes.Format(1, 1, 8000, 16), Tone.Bytes(samples), null, WavBytes.Chunk("LIST", Random(9001)), WavBytes.Chunk("JUNK", [])), .. WavBytes.Chunk("id3 ", Random(50))];
        (_, float[] values) = await ReadAsync(new MemoryStream(file));
        Assert.Equal(Tone.Floats(samples), values);
    }

    [Fact]
    public async Task Large_file_takes_its_size_from_ds64()
    {
        byte[] sizes = [.. BitConverter.GetBytes(0L), .. BitConverter.GetBytes(10L), .. BitConverter.GetBytes(5L), 0, 0, 0, 0];
        byte[] file = WavBytes.File(WavBytes.Format(1, 1, 8000, 16), Random(30), 0xFFFFFFFF, WavBytes.Chunk("ds64", sizes));
        "RF64"u8.CopyTo(file);
        (_, float[] values) = await ReadAsync(new MemoryStream(file));
        Assert.Equal(5, values.Length);
    }

    [Fact]
    public async Task File_that_is_cut_off_gives_all_it_has_and_says_so()
    {
        byte[] file = WavBytes.File(WavBytes.Format(1, 1, 8000, 16), Random(100), 200);
        FeedRun run = await FeedRun.OfAsync(new AudioFeed(new WavSource("a.wav", new MemoryStream(file))));
        Assert.Equal(50, run.Samples.Count);
        Assert.Equal(
            "a.wav: the file ends after 100 of the 200 bytes of samples that its header announces. Everything before that was used. Copy the file again.",
            Assert.Single(run.Faults).Problem);
    }

    public static TheoryData<string, byte[]> BadFiles()
    {
        byte[] good = WavBytes.Format(1, 1, 8000, 16);
        byte[] unknown = WavBytes.Extensible(1, 1, 8000, 16);
        unknown[30] = 1;
        return new()
        {
            { "the first bytes are none: the source is empty", [] },
            { "the first bytes are '\\x00\\x01\\x02\\x03', expected RIFF and WAVE, the start of a WAV file. If these are plain samples, read them as such: --in s16le", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] },
            { "those of a FLAC file", [.. "fLaC"u8, .. new byte[20]] },
            { "the first bytes are 'RIFF'", [.. "RIFF"u8, 0, 0, 0, 0, .. "AVI "u8] },
            { "it ends before the chunk 'data'", [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVE"u8] },
            { "the chunk 'fmt ' is missing before the chunk 'data'", [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVEdata"u8, 1, 0, 0, 0] },
            { "the chunk 'fmt ' has 4294967295 bytes, expected 16 to 4096", [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVEfmt "u8, .. WavBytes.U32(uint.MaxValue)] },
            { "the chunk 'fmt ' has 2 bytes", WavBytes.File([1, 0], []) },
            { "the chunk 'fmt ' stands there twice", WavBytes.File(good, [], null, WavBytes.Chunk("fmt ", good)) },
            { "it ends inside the chunk 'fmt '", [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVEfmt "u8, .. WavBytes.U32(16), 1, 0] },
            { "it ends inside the chunk 'LIST'", [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVELIST"u8, .. WavBytes.U32(1000), 1, 0] },
            { "more than 16777216 bytes (the last is 'LIST')", [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVELIST"u8, .. WavBytes.U32(uint.MaxValue - 1)] },
            { "more than 64 chunks", [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVE"u8, .. Enumerable.Range(0, 65).SelectMany(static _ => WavBytes.Chunk("junk", []))] },
            { "found 0 Hz and 1 channels", WavBytes.File(WavBytes.Format(1, 1, 0, 16), []) },
            { "found 8000 Hz and 0 channels", WavBytes.File(WavBytes.Format(1, 0, 8000, 16), []) },
            { "found 4294967295 Hz and 65535 channels", WavBytes.File(WavBytes.Format(1, 65535, -1, 16), []) },
            { "samples are of format 1 with 12 bits, expected PCM of 8, 16, 24 or 32 bits", WavBytes.File(WavBytes.Format(1, 1, 8000, 12), []) },
            { "samples are of format 17 with 4 bits (IMA ADPCM)", WavBytes.File(WavBytes.Format(0x11, 1, 8000, 4), []) },
            { "a sample frame of 2 x 16 bits is said to have 3 bytes, expected 4", WavBytes.File(WavBytes.Format(1, 2, 8000, 16, align: 3), []) },
            { "the extensible chunk 'fmt ' has 16 bytes, expected 40", WavBytes.File(WavBytes.Format(0xFFFE, 1, 8000, 16), []) },
            { "of the unknown kind", WavBytes.File(unknown, []) },
        };
    }

    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task Bad_header_is_refused_and_says_why(string problem, byte[] file)
    {
        FeedRun run = await FeedRun.OfAsync(new AudioFeed(new WavSource("a.wav", new TrickleStream(file, 3))));
        string found = Assert.Single(run.Faults).Problem;
        Assert.StartsWith("a.wav: ", found, StringComparison.Ordinal);
        Assert.Contains(problem, found, StringComparison.Ordinal);
        Assert.Empty(run.Kinds);
    }

    /// <summary>No damage to a header may end in anything but samples or a message.</summary>
    [Fact]
    public async Task Random_damage_never_crashes()
    {
        byte[] good = WavBytes.File(WavBytes.Extensible(1, 2, 44100, 16), Random(400), null, WavBytes.Chunk("LIST", Random(10)));
        Random random = new(11);
        for (int i = 0; i < 2000; i++)
        {
            byte[] file = [.. good[..random.Next(good.Length)]];
            for (int hits = random.Next(4); hits > 0 && file.Length > 0; hits--) file[random.Next(Math.Min(file.Length, 90))] = (byte)random.Next(256);
            await FeedRun.OfAsync(new AudioFeed(new WavSource("a.wav", new MemoryStream(file))));
        }
    }

    [Fact]
    public async Task Real_recording_is_read()
    {
        await using FileStream file = File.OpenRead(SharedFolder.Require("models/silero-vad/test.wav"));
        (AudioFormat format, float[] values) = await ReadAsync(file);
        Assert.Equal(new AudioFormat(16000, 1), format);
        Assert.InRange(values.Length, 100_000, 5_000_000);
        Assert.InRange(values.Max(), 0.05f, 1);
    }

    private static async Task<(AudioFormat Format, float[] Samples)> ReadAsync(Stream input)
    {
        await using WavSource source = new("a.wav", input);
        AudioFormat format = await source.OpenAsync(CancellationToken.None);
        List<float> all = [];
        float[] samples = new float[64 * format.Channels];
        for (AudioRead read; !(read = await source.ReadAsync(samples, CancellationToken.None)).IsEnd;) all.AddRange(samples.AsSpan(0, read.SampleFrames * format.Channels));
        return (format, [.. all]);
    }

    private static byte[] Random(int count)
    {
        byte[] bytes = new byte[count];
        new Random(9).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Floats(SampleEncoding encoding) => [.. Enumerable.Range(0, 40)
        .SelectMany(i => encoding == SampleEncoding.F32 ? BitConverter.GetBytes(i / 41f) : BitConverter.GetBytes(i / 41d))];
}
