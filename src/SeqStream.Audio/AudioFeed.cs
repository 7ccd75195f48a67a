using System.Threading.Channels;
using SeqStream.Audio.Resampling;
using SeqStream.Audio.Samples;
using SeqStream.Contracts;

namespace SeqStream.Audio;

/// <summary>
/// Turns a source of samples into the frames of one stream: each read becomes a data frame of float32 samples at the rate the front end wants, with the time of its first sample
/// by the sample clock. Lost samples are counted, told and answered by the policy, never joined in silence. Read it once; allocates nothing per frame once warm.
/// </summary>
public sealed class AudioFeed : IFrameFeed
{
    private readonly IAudioSource _source;
    private readonly AudioFeedOptions _options;
    private AudioFeedCounters _counters;
    private FeedContext _context = null!;
    private StreamId _stream;
    private MonoChain _chain = null!;
    private AudioFormat _format;
    private long _sourceFrames; // of the source, lost ones included
    private bool _isOpen;

    /// <summary>Creates the feed, which owns the source.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public AudioFeed(IAudioSource source, AudioFeedOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _options = options ?? new AudioFeedOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Source => _source.Name;

    /// <summary>What the feed has done so far. Exact once it has ended.</summary>
    public AudioFeedCounters Counters => _counters;

    /// <inheritdoc/>
    /// <exception cref="AudioException">The source cannot be had, or failed; what was read before is stepped and the stream ended.</exception>
    public async Task ReadAsync(FeedContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _stream = context.Streams.Intern(_options.Stream);
        try
        {
            await using (_source.ConfigureAwait(false)) await ReadToEndAsync(cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // Nobody takes frames any more: the route is stopping, and reading is over.
        }
    }

    private async Task ReadToEndAsync(CancellationToken cancellation)
    {
        AudioException? failure = null;
        try
        {
            await OpenAsync(cancellation).ConfigureAwait(false);
            await ReadAllAsync(cancellation).ConfigureAwait(false);
        }
        catch (AudioException problem)
        {
            failure = problem;
        }
        if (_isOpen && _context.EndsStreams) await EndAsync(cancellation).ConfigureAwait(false);
        else if (_isOpen) await SendAsync(_chain.Flush(), cancellation).ConfigureAwait(false);
        if (failure is { Fault: AudioFault.BadData }) Report(failure.Message);
        else if (failure is not null) throw failure;
    }

    private async Task OpenAsync(CancellationToken cancellation)
    {
        _format = await _source.OpenAsync(cancellation).ConfigureAwait(false);
        if (_options.Mix.Channel >= _format.Channels) throw AudioThrow.NoSuchChannel(Source, _options.Mix.Channel, _format);
        int toHz = _options.RateHz ?? _format.RateHz;
        if (!ResamplingFilter.CanConvert(_format.RateHz, toHz)) throw AudioThrow.RatesTooFar(Source, _format.RateHz, toHz);
        _chain = new MonoChain(_format, toHz, _options.Mix, BlockFrames);
    }

    private int BlockFrames => Math.Max((int)(_options.Block.TotalSeconds * _format.RateHz), 1);

    private async Task ReadAllAsync(CancellationToken cancellation)
    {
        float[] samples = new float[BlockFrames * _format.Channels];
        while (true)
        {
            AudioRead read = await _source.ReadAsync(samples, cancellation).ConfigureAwait(false);
            if (read.LostFrames > 0) await AnswerGapAsync(read.LostFrames, read.Reason, cancellation).ConfigureAwait(false);
            if (read.IsEnd) return;
            await TakeAsync(samples.AsMemory(0, read.SampleFrames * _format.Channels), cancellation).ConfigureAwait(false);
        }
    }

    private ValueTask TakeAsync(ReadOnlyMemory<float> samples, CancellationToken cancellation)
    {
        int frames = samples.Length / _format.Channels;
        _counters = _counters with { SampleFrames = _counters.SampleFrames + frames };
        if (!SampleConversion.AllFinite(samples.Span)) return RefuseAsync(frames, cancellation);
        _sourceFrames += frames;
        return SendAsync(_chain.Process(samples.Span), cancellation);
    }

    /// <summary>A block with samples that are no numbers is refused whole, and so is a hole.</summary>
    private ValueTask RefuseAsync(int frames, CancellationToken cancellation)
    {
        Report("found samples that are NaN or infinite, expected numbers. The block was left out; check the encoding or the source.");
        return AnswerGapAsync(frames, AudioGapReason.BadSamples, cancellation);
    }

    private async ValueTask AnswerGapAsync(long lost, AudioGapReason reason, CancellationToken cancellation)
    {
        _options.Gaps?.Invoke(new AudioGap(_stream, _format.Seconds(_sourceFrames), lost, _format.RateHz, reason));
        _sourceFrames += lost;
        bool isFilled = _options.Gap == AudioGapPolicy.Zero && lost <= _options.LongestSilence.TotalSeconds * _format.RateHz;
        bool isCleared = !isFilled && _options.Gap != AudioGapPolicy.Carry;
        _counters = _counters with { Gaps = _counters.Gaps + 1, LostFrames = _counters.LostFrames + lost, Resets = _counters.Resets + (isCleared ? 1 : 0) };
        if (isFilled)
        {
            await FillAsync(lost, cancellation).ConfigureAwait(false);
            return;
        }
        if (_options.Gap == AudioGapPolicy.End && _isOpen) await EndAsync(cancellation).ConfigureAwait(false);
        else if (_options.Gap == AudioGapPolicy.Carry) await SendAsync(_chain.Flush(), cancellation).ConfigureAwait(false);
        else if (_isOpen) await ControlAsync(FrameKind.Reset, cancellation).ConfigureAwait(false);
        _chain.Restart(_sourceFrames);
    }

    private async ValueTask FillAsync(long lost, CancellationToken cancellation)
    {
        for (long left = lost; left > 0; left -= BlockFrames)
        {
            await SendAsync(_chain.Silence((int)Math.Min(left, BlockFrames)), cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask EndAsync(CancellationToken cancellation)
    {
        await SendAsync(_chain.Flush(), cancellation).ConfigureAwait(false);
        await ControlAsync(FrameKind.End, cancellation).ConfigureAwait(false);
        _isOpen = false;
    }

    [HotPath]
    private ValueTask SendAsync(ReadOnlySpan<float> samples, CancellationToken cancellation)
    {
        if (samples.IsEmpty) return ValueTask.CompletedTask;
        FramePayload payload = _context.Payloads.Rent();
        payload.BeginSegment(_options.Port, isInteger: false);
        payload.Add(samples);
        Frame frame = new() { Stream = _stream, Kind = FrameKind.Data, Position = Position, Time = _chain.Time, Payload = payload };
        _chain.Advance(samples.Length);
        _counters = _counters with { Frames = _counters.Frames + 1 };
        _isOpen = true;
        return _context.Frames.TryWrite(frame) ? ValueTask.CompletedTask : _context.Frames.WriteAsync(frame, cancellation);
    }

    private ValueTask ControlAsync(FrameKind kind, CancellationToken cancellation)
        => _context.Frames.WriteAsync(new Frame { Stream = _stream, Kind = kind, Position = Position, Time = _chain.Time }, cancellation);

    /// <summary>The next sample's number at the stream's rate, from 1.</summary>
    private long Position => (long)Math.Round(_chain.Time * (_options.RateHz ?? _format.RateHz)) + 1;

    private void Report(string problem) => _context.Faults.Report(new RecordFault(Source, _sourceFrames + 1, problem));
}
