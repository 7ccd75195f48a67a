using SeqStream.Audio.Samples;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.Audio.Pcm;

public sealed class RawPcmSourceTests
{
    private static readonly AudioFormat s_mono = new(16000, 1);

    /// <summary>P1: three sample frames of two channels, cut at every byte and arriving byte by byte.</summary>
    [Fact]
    public async Task Bytes_cut_anywhere_give_the_same_samples()
    {
        short[] samples = Tone.Noise(6, 1);
        float[] expected = [.. Tone.Floats(samples).Chunk(2).Select(static frame => (frame[0] + frame[1]) * 0.5f)];
        for (int cut = 1; cut <= 12; cut++)
        {
            FeedRun run = await FeedRun.OfAsync(Feed(new TrickleStream(Tone.Bytes(samples), cut, 1), "s16le", new AudioFormat(16000, 2)));
            Assert.Equal(expected, run.Samples);
            Assert.Empty(run.Faults);
            Assert.Equal(FrameKind.End, run.Kinds[^1]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Odd_tail_is_reported_after_all_whole_samples(int rest)
    {
        byte[] bytes = [.. Tone.Bytes(Tone.Noise(6, 1)), .. new byte[rest]];
        FeedRun run = await FeedRun.OfAsync(Feed(new TrickleStream(bytes, 5), "S16_LE", new AudioFormat(16000, 2)));
        Assert.Equal(3, run.Samples.Count);
        Assert.Equal(FrameKind.End, run.Kinds[^1]);
        Assert.Equal(
            $"stdin ends inside a sample: {rest} of 4 bytes after 3 whole sample frames. Everything before that was used. Check the encoding and the channels, or whether the source was cut off.",
            Assert.Single(run.Faults).Problem);
    }

    [Fact]
    public async Task Empty_input_is_an_empty_run()
    {
        FeedRun run = await FeedRun.OfAsync(Feed(new MemoryStream(), "s16le", s_mono));
        Assert.Empty(run.Kinds);
        Assert.Empty(run.Faults);
    }

    [Theory]
    [InlineData("RIFF", "a WAV file", "Read it as wav (--in wav)")]
    [InlineData("RF64", "a WAV file", "Read it as wav (--in wav)")]
    [InlineData("fLaC", "a FLAC file", "ffmpeg")]
    [InlineData("OggS", "an Ogg file", "ffmpeg")]
    [InlineData("FORM", "an AIFF file", "ffmpeg")]
    [InlineData("ID3\u0003", "an MP3 file", "ffmpeg")]
    public async Task File_with_a_header_is_refused_by_name(string magic, string found, string remedy)
    {
        byte[] bytes = [.. System.Text.Encoding.Latin1.GetBytes(magic), .. new byte[100]];
        FeedRun run = await FeedRun.OfAsync(Feed(new TrickleStream(bytes, 1), "s16le", s_mono));
        string problem = Assert.Single(run.Faults).Problem;
        Assert.StartsWith($"stdin: the first bytes are those of {found}, expected plain samples. ", problem, StringComparison.Ordinal);
        Assert.Contains(remedy, problem, StringComparison.Ordinal);
        Assert.Empty(run.Kinds);
    }

    [Theory]
    [InlineData(999, 1)]
    [InlineData(16000, 0)]
    [InlineData(16000, 65)]
    [InlineData(400_000, 1)]
    public void Rate_or_channels_out_of_range_are_refused(int rateHz, int channels)
    {
        AudioException error = Assert.Throws<AudioException>(() => Feed(new MemoryStream(), "s16le", new AudioFormat(rateHz, channels)));
        Assert.Equal(AudioFault.Configuration, error.Fault);
        Assert.Contains($"found {rateHz} Hz and {channels} channels, expected 1000 to 384000 Hz and 1 to 64 channels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_allocates_nothing()
    {
        byte[] bytes = new byte[640_000];
        RawPcmSource source = new("stdin", new MemoryStream(bytes), SampleEncoding.S16, s_mono);
        float[] samples = new float[160];
        await source.OpenAsync(CancellationToken.None);
        for (int i = 0; i < 20; i++) await source.ReadAsync(samples, CancellationToken.None);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 50; i++) source.ReadAsync(samples, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }) - 50 * Allocation.Of(() => ValueTask.FromResult(default(AudioRead)).AsTask().GetAwaiter().GetResult()));
    }

    private static AudioFeed Feed(Stream input, string format, AudioFormat from) => AudioFeeds.FromBytes("stdin", input, format, from);
}
