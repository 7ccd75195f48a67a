using SeqStream.Audio.Samples;

namespace SeqStream.Audio.Capture;

public sealed class PushedAudioSourceTests
{
    private static readonly AudioFormat s_format = new(1000, 2);

    [Fact]
    public async Task Pushed_samples_are_read_in_order_whatever_the_pieces()
    {
        short[] samples = Tone.Noise(20_000, 3);
        await using PushedAudioSource source = new("device", s_format, TimeSpan.FromSeconds(0.1));
        List<float> found = [];
        Random random = new(1);
        float[] block = new float[60];
        for (int at = 0; at < samples.Length;)
        {
            int count = Math.Min(2 * random.Next(1, 50), samples.Length - at);
            source.Push(SampleEncoding.S16, Tone.Bytes(samples[at..(at + count)]));
            at += count;
            for (int left = count; left > 0;)
            {
                AudioRead read = await source.ReadAsync(block, CancellationToken.None);
                found.AddRange(block[..(2 * read.SampleFrames)]);
                left -= 2 * read.SampleFrames;
            }
        }
        Assert.Equal(Tone.Floats(samples), found);
        Assert.Equal(0, source.LostFrames);
    }

    [Fact]
    public async Task Full_buffer_makes_one_hole_that_is_told_where_it_lies()
    {
        await using PushedAudioSource source = new("device", s_format, TimeSpan.FromSeconds(0.01)); // 10 sample frames
        source.Push(SampleEncoding.U8, Frames(8));
        source.Push(SampleEncoding.U8, Frames(5));
        float[] block = new float[8];
        Assert.Equal(new AudioRead(4), await source.ReadAsync(block, CancellationToken.None));
        source.Push(SampleEncoding.U8, Frames(2)); // there is room, but the hole must come first
        Assert.Equal(new AudioRead(4), await source.ReadAsync(block, CancellationToken.None));
        Assert.Equal(new AudioRead(2), await source.ReadAsync(block, CancellationToken.None));
        Task<AudioRead> read = source.ReadAsync(block, CancellationToken.None).AsTask();
        source.Push(SampleEncoding.U8, Frames(1));
        Assert.Equal(new AudioRead(1, 5, AudioGapReason.Overrun), await read);
        Assert.Equal(5, source.LostFrames);
    }

    [Fact]
    public async Task Waiting_reader_is_served_cancelled_or_told_of_the_end()
    {
        await using PushedAudioSource source = new("device", s_format, TimeSpan.FromSeconds(0.1));
        float[] block = new float[8];
        using CancellationTokenSource stop = new();
        Task<AudioRead> read = source.ReadAsync(block, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        read = source.ReadAsync(block, CancellationToken.None).AsTask();
        source.Push(SampleEncoding.U8, Frames(3));
        Assert.Equal(new AudioRead(3), await read);
        source.Push(SampleEncoding.U8, Frames(1));
        source.Complete(new AudioException(AudioFault.Unavailable, "unplugged"));
        Assert.Equal(new AudioRead(1), await source.ReadAsync(block, CancellationToken.None));
        Assert.Equal("unplugged", (await Assert.ThrowsAsync<AudioException>(async () => await source.ReadAsync(block, CancellationToken.None))).Message);
    }

    private static byte[] Frames(int count) => new byte[2 * count];
}
