using System.Threading.Tasks.Sources;
using SeqStream.Audio.Samples;

namespace SeqStream.Audio.Capture;

/// <summary>
/// Samples that somebody else's device pushes, as a callback does: they wait in a bounded buffer for the reader. What comes while the buffer is full, and until the reader has emptied it,
/// is lost and counted, so that there is one hole and not many. One thread pushes, one reads; neither waits for the other.
/// </summary>
public sealed class PushedAudioSource : IAudioSource, IValueTaskSource<AudioRead>
{
    private readonly Lock _gate = new();
    private readonly AudioFormat _format;
    private readonly float[] _samples; // ring of whole sample frames
    private ManualResetValueTaskSourceCore<AudioRead> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private Memory<float> _destination;
    private AudioException? _failure;
    private int _start;
    private int _count;
    private long _lostBefore;  // sample frames lost before the oldest sample
    private long _lostBehind;  // sample frames lost behind the newest one
    private long _lost;
    private bool _isAwaited;
    private bool _isEnded;

    /// <summary>Creates the source.</summary>
    /// <param name="name">The source as people name it.</param>
    /// <param name="format">What is pushed.</param>
    /// <param name="buffer">How much waits at most: how late the reader may be.</param>
    /// <exception cref="AudioException">The format is out of range.</exception>
    public PushedAudioSource(string name, AudioFormat format, TimeSpan buffer)
    {
        if (!format.IsAllowed) throw AudioThrow.FormatOutOfRange(name, format.RateHz, format.Channels, AudioFault.Configuration);
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer, TimeSpan.FromMilliseconds(10));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(buffer, TimeSpan.FromSeconds(60));
        Name = name;
        _format = format;
        _samples = new float[(int)(buffer.TotalSeconds * format.RateHz) * format.Channels];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long LostFrames
    {
        get
        {
            lock (_gate) return _lost;
        }
    }

    /// <inheritdoc/>
    public ValueTask<AudioFormat> OpenAsync(CancellationToken cancellation) => ValueTask.FromResult(_format);

    /// <summary>Takes whole sample frames; a part of one at the end is left out.</summary>
    public void Push(SampleEncoding encoding, ReadOnlySpan<byte> bytes)
    {
        int frameBytes = encoding.ByteSize() * _format.Channels;
        AudioRead read;
        lock (_gate)
        {
            if (_isEnded) return;
            Keep(encoding, bytes[..(bytes.Length / frameBytes * frameBytes)]);
            if (!_isAwaited || _count == 0) return;
            _isAwaited = false;
            read = Take(_destination.Span);
        }
        _core.SetResult(read);
    }

    /// <summary>Nothing more comes; what waits is still read.</summary>
    /// <param name="failure">Why the device stopped; null for a good end.</param>
    public void Complete(AudioException? failure = null)
    {
        lock (_gate)
        {
            if (_isEnded) return;
            _isEnded = true;
            _failure = failure;
            if (!_isAwaited) return;
            _isAwaited = false;
        }
        if (failure is null) _core.SetResult(default);
        else _core.SetException(failure);
    }

    /// <inheritdoc/>
    public ValueTask<AudioRead> ReadAsync(Memory<float> samples, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled<AudioRead>(cancellation);
        _registration.Dispose();
        lock (_gate)
        {
            if (_count > 0) return new ValueTask<AudioRead>(Take(samples.Span));
            if (_isEnded) return _failure is null ? default : ValueTask.FromException<AudioRead>(_failure);
            _core.Reset();
            _destination = samples;
            _isAwaited = true;
        }
        _registration = cancellation.UnsafeRegister(static (self, token) => ((PushedAudioSource)self!).Cancel(token), this);
        return new ValueTask<AudioRead>(this, _core.Version);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _registration.Dispose();
        Complete();
        return ValueTask.CompletedTask;
    }

    AudioRead IValueTaskSource<AudioRead>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<AudioRead>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<AudioRead>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private void Keep(SampleEncoding encoding, ReadOnlySpan<byte> bytes)
    {
        int channels = _format.Channels;
        int pushed = bytes.Length / encoding.ByteSize();
        int kept = _lostBehind > 0 && _count > 0 ? 0 : Math.Min(pushed, _samples.Length - _count);
        if (kept > 0 && _count == 0)
        {
            _lostBefore += _lostBehind;
            _lostBehind = 0;
        }
        int end = (_start + _count) % _samples.Length;
        int first = Math.Min(kept, _samples.Length - end);
        SampleConversion.ToFloat(encoding, bytes, _samples.AsSpan(end, first));
        SampleConversion.ToFloat(encoding, bytes[(first * encoding.ByteSize())..], _samples.AsSpan(0, kept - first));
        _count += kept;
        _lostBehind += (pushed - kept) / channels;
        _lost += (pushed - kept) / channels;
    }

    private AudioRead Take(Span<float> destination)
    {
        int count = Math.Min(destination.Length / _format.Channels * _format.Channels, _count);
        int first = Math.Min(count, _samples.Length - _start);
        _samples.AsSpan(_start, first).CopyTo(destination);
        _samples.AsSpan(0, count - first).CopyTo(destination[first..]);
        _start = (_start + count) % _samples.Length;
        _count -= count;
        AudioRead read = new(count / _format.Channels, _lostBefore, _lostBefore > 0 ? AudioGapReason.Overrun : AudioGapReason.None);
        _lostBefore = 0;
        return read;
    }

    private void Cancel(CancellationToken token)
    {
        lock (_gate)
        {
            if (!_isAwaited) return;
            _isAwaited = false;
        }
        _core.SetException(new OperationCanceledException(token));
    }
}
