using SeqStream.Audio.Samples;
using SeqStream.Contracts;

namespace SeqStream.Audio;

public sealed class AudioFeedTests
{
    private static readonly AudioFormat s_format = new(1000, 1);

    [Fact]
    public async Task Reads_become_frames_with_position_and_time_of_their_first_sample()
    {
        AudioFeed feed = new(new ScriptedSource(s_format, ([1, 2, 3], 0), ([4], 0)));
        FeedRun run = await FeedRun.OfAsync(feed);
        Assert.Equal([FrameKind.Data, FrameKind.Data, FrameKind.End], run.Kinds);
        Assert.Equal([1L, 4, 5], run.Positions);
        Assert.Equal([0, 0.003, 0.004], run.Times);
        Assert.Equal([1, 2, 3, 4], run.Samples);
        Assert.Equal(new AudioFeedCounters(4, 2, 0, 0, 0), feed.Counters);
    }

    [Fact]
    public async Task Short_hole_becomes_silence_of_the_same_length()
    {
        List<AudioGap> gaps = [];
        AudioFeed feed = Feed(AudioGapPolicy.Zero, gaps);
        FeedRun run = await FeedRun.OfAsync(feed);
        Assert.Equal([1, 2, .. new float[250], 3, 4], run.Samples);
        Assert.DoesNotContain(FrameKind.Reset, run.Kinds);
        Assert.Equal(0.252, run.Times[^2], 1e-12);
        Assert.Equal(new AudioGap(new StreamId(0), 0.002, 250, 1000, AudioGapReason.Overrun), Assert.Single(gaps));
        Assert.Equal((1, 250, 0), (feed.Counters.Gaps, feed.Counters.LostFrames, feed.Counters.Resets));
    }

    [Fact]
    public async Task Long_hole_resets()
    {
        AudioFeed feed = new(new ScriptedSource(s_format, ([1, 2], 0), ([3, 4], 2001)));
        FeedRun run = await FeedRun.OfAsync(feed);
        Assert.Equal([FrameKind.Data, FrameKind.Reset, FrameKind.Data, FrameKind.End], run.Kinds);
        Assert.Equal([1, 2, 3, 4], run.Samples);
        Assert.Equal(2.003, run.Times[2], 1e-12);
        Assert.Equal(1, feed.Counters.Resets);
    }

    [Theory]
    [InlineData(AudioGapPolicy.Reset, new[] { FrameKind.Data, FrameKind.Reset, FrameKind.Data, FrameKind.End })]
    [InlineData(AudioGapPolicy.End, new[] { FrameKind.Data, FrameKind.End, FrameKind.Data, FrameKind.End })]
    [InlineData(AudioGapPolicy.Carry, new[] { FrameKind.Data, FrameKind.Data, FrameKind.End })]
    public async Task Policy_decides_what_the_memory_sees(AudioGapPolicy policy, FrameKind[] kinds)
    {
        List<AudioGap> gaps = [];
        FeedRun run = await FeedRun.OfAsync(Feed(policy, gaps));
        Assert.Equal(kinds, run.Kinds);
        Assert.Equal([1, 2, 3, 4], run.Samples);
        Assert.Equal(0.252, run.Times[^2], 1e-12);
        Assert.Single(gaps);
    }

    [Fact]
    public async Task Hole_before_the_first_sample_resets_nothing()
    {
        FeedRun run = await FeedRun.OfAsync(new AudioFeed(new ScriptedSource(s_format, ([3, 4], 9)), new AudioFeedOptions { Gap = AudioGapPolicy.Reset }));
        Assert.Equal([FrameKind.Data, FrameKind.End], run.Kinds);
        Assert.Equal(0.009, run.Times[0], 1e-12);
    }

    /// <summary>The clock runs on through a change of rate and a hole; no sample is lost at either side of the hole.</summary>
    [Theory]
    [InlineData(AudioGapPolicy.Carry)]
    [InlineData(AudioGapPolicy.End)]
    public async Task Resampled_stream_keeps_time_and_all_samples_around_a_hole(AudioGapPolicy policy)
    {
        float[] piece = Tone.Sine(8000, 300, 400);
        AudioFeed feed = new(new ScriptedSource(new AudioFormat(8000, 1), (piece, 0), (piece, 800)), new AudioFeedOptions { RateHz = 16000, Gap = policy });
        FeedRun run = await FeedRun.OfAsync(feed);
        Assert.Equal(1600, run.Samples.Count);
        Assert.Equal(run.Samples[..800], run.Samples[800..]);
        int second = run.Times.FindIndex(static time => time >= 0.1);
        Assert.Equal(0.15, run.Times[second], 1e-9);
        Assert.Equal(2401, run.Positions[second]);
    }

    [Fact]
    public async Task Silence_keeps_the_resampled_tone_in_phase()
    {
        float[] tone = Tone.Sine(8000, 500, 4000);
        ScriptedSource source = new(new AudioFormat(8000, 1), (tone[..800], 0), (tone[1600..2400], 800));
        FeedRun run = await FeedRun.OfAsync(new AudioFeed(source, new AudioFeedOptions { RateHz = 16000 }));
        float[] expected = Tone.Sine(16000, 500, 4800);
        Assert.Equal(4800, run.Samples.Count);
        for (int i = 300; i < 1300; i++) Assert.Equal(expected[i], run.Samples[i], 1e-4f);
        for (int i = 1900; i < 2900; i++) Assert.Equal(0, run.Samples[i], 1e-4f);
        for (int i = 3500; i < 4500; i++) Assert.Equal(expected[i], run.Samples[i], 1e-4f);
    }

    [Fact]
    public async Task Block_with_a_bad_sample_is_refused_whole_and_is_a_hole()
    {
        List<AudioGap> gaps = [];
        ScriptedSource source = new(s_format, ([1, 2], 0), ([3, float.NaN, 5], 0), ([6], 0));
        FeedRun run = await FeedRun.OfAsync(new AudioFeed(source, new AudioFeedOptions { Gaps = gaps.Add }));
        Assert.Equal([1, 2, 0, 0, 0, 6], run.Samples);
        RecordFault fault = Assert.Single(run.Faults);
        Assert.Equal(3, fault.Position);
        Assert.Contains("found samples that are NaN or infinite, expected numbers", fault.Problem, StringComparison.Ordinal);
        Assert.Equal(AudioGapReason.BadSamples, Assert.Single(gaps).Reason);
    }

    [Fact]
    public async Task Failed_source_ends_the_stream_and_throws()
    {
        ScriptedSource source = new(s_format, ([1], 0)) { Failure = new AudioException(AudioFault.Unavailable, "gone") };
        FeedRun run = new();
        await Assert.ThrowsAsync<AudioException>(async () => run = await FeedRun.OfAsync(new AudioFeed(source)));
        Assert.True(source.IsDisposed);
    }

    [Fact]
    public async Task Source_is_closed_when_nobody_takes_frames_any_more()
    {
        ScriptedSource source = new(s_format, ([1], 0), ([2], 0));
        System.Threading.Channels.Channel<Frame> channel = System.Threading.Channels.Channel.CreateUnbounded<Frame>();
        channel.Writer.Complete();
        await new AudioFeed(source).ReadAsync(new FeedContext(channel.Writer, new StreamDirectory(), new PayloadPool(), new FeedRun(), new StepSignature("m", 1, [], [], new State.StateLayout([]))), CancellationToken.None);
        Assert.True(source.IsDisposed);
    }

    [Fact]
    public async Task Channel_that_is_not_there_is_refused()
    {
        AudioFeed feed = new(new ScriptedSource(s_format), new AudioFeedOptions { Mix = ChannelMix.Pick(1) });
        AudioException error = await Assert.ThrowsAsync<AudioException>(() => FeedRun.OfAsync(feed));
        Assert.Equal("scripted has 1000 Hz, 1 channel, but channel 1 was asked for. Expected a number from 0 to 0, or mean.", error.Message);
    }

    [Fact]
    public async Task Rates_too_far_apart_are_refused()
    {
        AudioFeed feed = new(new ScriptedSource(s_format), new AudioFeedOptions { RateHz = 96000 });
        AudioException error = await Assert.ThrowsAsync<AudioException>(() => FeedRun.OfAsync(feed));
        Assert.Contains("has 1000 Hz, but 96000 Hz were asked for: more than a factor of 64 apart", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tape:1")]
    [InlineData("alsa:")]
    [InlineData("exec:")]
    public void Unknown_uri_is_refused(string uri)
    {
        AudioException error = Assert.Throws<AudioException>(() => AudioFeeds.FromUri(uri, "s16le", s_format));
        Assert.StartsWith($"'{uri}' is no source of sound. Expected alsa:DEVICE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frames_cost_no_allocation()
    {
        const int Reads = 400;
        (float[], long)[] reads = [.. Enumerable.Repeat((Tone.Sine(44100, 440, 441), 0L), Reads)];
        ScriptedSource source = new(new AudioFormat(44100, 1), reads);
        AllocationMeter meter = new(after: 100);
        await new AudioFeed(source, new AudioFeedOptions { RateHz = 16000 }).ReadAsync(
            new FeedContext(meter, new StreamDirectory(), meter.Payloads, new FeedRun(), new StepSignature("m", 1, [], [], new State.StateLayout([]))), CancellationToken.None);
        Assert.True(meter.Frames > 300);
        Assert.Equal(0, meter.Bytes);
    }

    /// <summary>P1: a long pipe costs as much as a short one.</summary>
    [Fact]
    public async Task Long_pipe_costs_no_allocation()
    {
        AllocationMeter meter = new(after: 100);
        AudioFeed feed = AudioFeeds.FromBytes("stdin", new EndlessStream(8_000_000), "s16le", new AudioFormat(48000, 2), new AudioFeedOptions { RateHz = 16000 });
        await feed.ReadAsync(new FeedContext(meter, new StreamDirectory(), meter.Payloads, new FeedRun(), new StepSignature("m", 1, [], [], new State.StateLayout([]))), CancellationToken.None);
        Assert.Equal(2_000_000, feed.Counters.SampleFrames);
        Assert.Equal(0, meter.Bytes);
    }

    private static AudioFeed Feed(AudioGapPolicy policy, List<AudioGap> gaps)
        => new(new ScriptedSource(s_format, ([1, 2], 0), ([3, 4], 250)), new AudioFeedOptions { Gap = policy, Gaps = gaps.Add });

    /// <summary>Takes frames on the feed's own thread and measures what the thread allocates between the first ones and the last, but where garbage was collected (see <see cref="TestSupport.Allocation"/>).</summary>
    private sealed class AllocationMeter(int after) : System.Threading.Channels.ChannelWriter<Frame>
    {
        private long _before;
        private int _collections;

        public PayloadPool Payloads { get; } = new();

        public int Frames { get; private set; }

        public long Bytes { get; private set; }

        public override bool TryWrite(Frame item)
        {
            if (item.Payload is null) return true;
            Payloads.Return(item.Payload);
            int collections = GC.CollectionCount(0);
            long now = GC.GetAllocatedBytesForCurrentThread();
            if (++Frames > after && _collections == GC.CollectionCount(0)) Bytes += now - _before;
            (_before, _collections) = (now, collections);
            return true;
        }

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(true);
    }

    /// <summary>So many zero bytes.</summary>
    private sealed class EndlessStream(long length) : MemoryStream
    {
        private long _left = length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = (int)Math.Min(buffer.Length, _left);
            buffer.Span[..count].Clear();
            _left -= count;
            return ValueTask.FromResult(count);
        }
    }
}
