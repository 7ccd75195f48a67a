using SeqStream.Audio.Samples;
using SeqStream.TestSupport;

namespace SeqStream.Audio.Alsa;

/// <summary>P6: what befalls a device is survived and counted in samples.</summary>
public sealed class AlsaAudioSourceTests : IAsyncDisposable
{
    private readonly LeapingClock _clock = new();
    private readonly ScriptedPcm _pcm;
    private readonly AlsaAudioSource _source;

    public AlsaAudioSourceTests()
    {
        _pcm = new ScriptedPcm(_clock);
        _source = new AlsaAudioSource(new AlsaOptions(), () => _pcm, _clock);
    }

    [Fact]
    public async Task Overrun_is_started_again_and_its_length_told_with_the_next_samples()
    {
        _pcm.Capture(160).Fail(AlsaError.Overrun, afterSeconds: 0.75).Capture(160);
        IReadOnlyList<AudioRead> reads = await ReadAsync(2);
        Assert.Equal([new AudioRead(160), new AudioRead(160, 12_000, AudioGapReason.Overrun)], reads);
        Assert.Equal(new AlsaCounters(1, 0, 0, 0, 12_000), _source.Counters);
        Assert.Equal(["open", "S16 1 16000", "start", "recover -32", "start"], _pcm.Calls);
        Assert.Equal(12_000, _source.LostFrames);
    }

    [Fact]
    public async Task Samples_that_waited_in_the_device_when_it_ran_over_are_lost_too()
    {
        _pcm.Behind = 1600;
        _pcm.Capture(160).Fail(AlsaError.Overrun, afterSeconds: 0.5).Capture(160);
        Assert.Equal(8000 + 1600, (await ReadAsync(2))[1].LostFrames);
    }

    [Fact]
    public async Task Sleep_is_resumed()
    {
        _pcm.Capture(160).Fail(AlsaError.Suspended, afterSeconds: 3).Capture(160);
        IReadOnlyList<AudioRead> reads = await ReadAsync(2);
        Assert.Equal(new AudioRead(160, 48_000, AudioGapReason.Suspend), reads[1]);
        Assert.Equal(new AlsaCounters(0, 1, 0, 0, 48_000), _source.Counters);
    }

    [Fact]
    public async Task Device_that_is_gone_is_opened_again_with_growing_waits()
    {
        foreach (int answer in (int[])[0, AlsaError.NoDevice, AlsaError.NoDevice, AlsaError.NoDevice]) _pcm.Opens.Enqueue(answer);
        _pcm.Capture(160).Fail(AlsaError.NoDevice).Capture(160);
        IReadOnlyList<AudioRead> reads = await ReadAsync(2);
        Assert.Equal([0.25, 0.5, 1, 2], _clock.Waits.Select(static wait => wait.TotalSeconds));
        Assert.Equal(new AudioRead(160, 60_000, AudioGapReason.DeviceLost), reads[1]);
        Assert.Equal(new AlsaCounters(0, 0, 1, 3, 60_000), _source.Counters);
    }

    [Fact]
    public async Task Waits_stop_growing()
    {
        _pcm.Opens.Enqueue(0);
        for (int i = 0; i < 8; i++) _pcm.Opens.Enqueue(AlsaError.NoDevice);
        _pcm.Capture(160).Fail(AlsaError.NoDevice).Capture(160);
        await ReadAsync(2);
        Assert.Equal(10, _clock.Waits[^1].TotalSeconds);
    }

    [Fact]
    public async Task Overrun_that_cannot_be_recovered_opens_the_device_again()
    {
        _pcm.Recovers.Enqueue(AlsaError.NoDevice);
        _pcm.Capture(160).Fail(AlsaError.Overrun).Capture(160);
        Assert.Equal(AudioGapReason.DeviceLost, (await ReadAsync(2))[1].Reason);
        Assert.Equal(new AlsaCounters(0, 0, 1, 0, 4000), _source.Counters);
    }

    [Fact]
    public async Task Holes_one_after_the_other_are_added()
    {
        _pcm.Capture(160).Fail(AlsaError.Overrun, 0.5).Fail(AlsaError.Overrun, 0.25).Capture(160);
        Assert.Equal(12_000, (await ReadAsync(2))[1].LostFrames);
        Assert.Equal(2, _source.Counters.Overruns);
    }

    [Fact]
    public async Task Interruption_loses_nothing()
    {
        _pcm.Capture(160).Fail(AlsaError.Interrupted).Fail(AlsaError.TryAgain).Capture(160);
        Assert.Equal([new AudioRead(160), new AudioRead(160)], await ReadAsync(2));
    }

    [Fact]
    public async Task Device_that_gives_nothing_for_long_is_opened_again()
    {
        _pcm.Capture(160);
        await ReadAsync(1);
        using CancellationTokenSource stop = new();
        Task<AudioRead> read = _source.ReadAsync(new float[1600], stop.Token).AsTask();
        while (_source.Counters.Reopens == 0) await Task.Delay(1);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await _source.DisposeAsync();
        Assert.Equal("close", _pcm.Calls[^1]);
    }

    [Fact]
    public async Task Device_without_the_wanted_format_is_asked_for_its_own()
    {
        _pcm.Accepts = static (encoding, channels, rateHz) => encoding == SampleEncoding.S32 && channels == 2 && rateHz == 48000;
        Assert.Equal(new AudioFormat(48000, 2), await _source.OpenAsync(CancellationToken.None));
        Assert.Equal("S32 2 48000", _pcm.Calls[^2]);
    }

    [Fact]
    public async Task Device_that_is_not_there_at_first_is_an_error_that_names_the_others()
    {
        _pcm.Opens.Enqueue(AlsaError.NoDevice);
        AudioException error = await Assert.ThrowsAsync<AudioException>(async () => await _source.OpenAsync(CancellationToken.None));
        Assert.Equal(AudioFault.Unavailable, error.Fault);
        Assert.StartsWith("Sound device 'default': opening it failed: error -19. Known capture devices: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Samples_arrive_as_they_were_captured()
    {
        _pcm.Capture(100).Fail(AlsaError.Overrun).Capture(50);
        await _source.OpenAsync(CancellationToken.None);
        float[] samples = new float[1600];
        await _source.ReadAsync(samples, CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, 100).Select(static i => i / 32768f), samples[..100]);
        await _source.ReadAsync(samples, CancellationToken.None);
        Assert.Equal(Enumerable.Range(100, 50).Select(static i => i / 32768f), samples[..50]);
    }

    /// <summary>From the device's fault to the frames of the stream: counted in samples, told, answered by the policy, with the clock right behind it.</summary>
    [Theory]
    [InlineData(AudioGapPolicy.Carry, 320, 0, 0)]
    [InlineData(AudioGapPolicy.Reset, 320, 1, 1)]
    [InlineData(AudioGapPolicy.Zero, 12_320, 0, 0)]
    public async Task Gaps_of_a_device_reach_the_stream_by_the_policy(AudioGapPolicy policy, int samples, int resets, int countedResets)
    {
        List<AudioGap> gaps = [];
        _pcm.Capture(160).Fail(AlsaError.Overrun, afterSeconds: 0.75).Capture(160);
        AudioFeed feed = new(new FirstReads(_source, 2), new AudioFeedOptions { Gap = policy, Gaps = gaps.Add, Block = TimeSpan.FromSeconds(1) });
        FeedRun run = await FeedRun.OfAsync(feed);

        Assert.Equal(samples, run.Samples.Count);
        Assert.Equal([.. Enumerable.Range(0, 160).Select(static i => i / 32768f)], run.Samples[..160]);
        Assert.Equal([.. Enumerable.Range(160, 160).Select(static i => i / 32768f)], run.Samples[^160..]);
        Assert.Equal(resets, run.Kinds.Count(static kind => kind == Contracts.FrameKind.Reset));
        Assert.Equal(160 / 16000.0 + 0.75, run.Times[run.Kinds.LastIndexOf(Contracts.FrameKind.Data)], 6);
        Assert.Equal((12_000, AudioGapReason.Overrun), (Assert.Single(gaps).LostFrames, gaps[0].Reason));
        Assert.Equal((1, 12_000, countedResets), (feed.Counters.Gaps, feed.Counters.LostFrames, feed.Counters.Resets));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        using AlsaCapture capture = new(new AlsaOptions(), () => _pcm, _clock);
        capture.Open();
        for (int i = 0; i < 60; i++) _pcm.Capture(160);
        float[] samples = new float[1600];
        for (int i = 0; i < 10; i++) capture.Read(samples, CancellationToken.None);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 50; i++) capture.Read(samples, CancellationToken.None);
        }));
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _pcm.Dispose();
    }

    private async Task<IReadOnlyList<AudioRead>> ReadAsync(int count)
    {
        if (_pcm.Calls.Count == 0) await _source.OpenAsync(CancellationToken.None);
        float[] samples = new float[1600];
        List<AudioRead> reads = [];
        for (int i = 0; i < count; i++) reads.Add(await _source.ReadAsync(samples, CancellationToken.None));
        return reads;
    }
}
