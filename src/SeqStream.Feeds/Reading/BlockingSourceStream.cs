using System.Threading.Tasks.Sources;

namespace SeqStream.Feeds.Reading;

/// <summary>
/// A source that can only be read by waiting for it, such as standard input, as a stream whose reads can be cancelled. A thread of its own waits;
/// whoever awaits a read continues on that thread, so that a record costs no change of threads. Reads ahead by one buffer. One reader at a time.
/// </summary>
public sealed class BlockingSourceStream : Stream, IValueTaskSource<int>
{
    private const int BufferBytes = 1 << 16;
    private readonly Stream _source;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _isWanted = new(initialState: false, spinCount: 0);
    private ManualResetValueTaskSourceCore<int> _core;
    private CancellationTokenRegistration _registration;
    private Memory<byte> _destination;
    private Thread? _thread;
    private Exception? _failure;
    private int _start;
    private int _end;
    private bool _isEnded;
    private bool _isAwaited;

    /// <summary>Creates the stream over any blocking source, which stays open.</summary>
    public BlockingSourceStream(Stream source) => _source = source;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        _registration.Dispose();
        lock (_gate)
        {
            if (_failure is not null) return ValueTask.FromException<int>(_failure);
            if (_start < _end || _isEnded) return new ValueTask<int>(Take(buffer));
            _core.Reset();
            _destination = buffer;
            _isAwaited = true;
        }
        _registration = cancellationToken.UnsafeRegister(static (self, token) => ((BlockingSourceStream)self!).Cancel(token), this);
        StartThread();
        _isWanted.Set();
        return new ValueTask<int>(this, _core.Version);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    int IValueTaskSource<int>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private int Take(Memory<byte> destination)
    {
        int count = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination.Span);
        _start += count;
        if (_start == _end && !_isEnded) _isWanted.Set();
        return count;
    }

    private void StartThread()
    {
        if (_thread is not null) return;
        _thread = new Thread(Pump) { IsBackground = true, Name = "blocking source" };
        _thread.Start();
    }

    private void Pump()
    {
        while (!_isEnded)
        {
            _isWanted.Wait();
            _isWanted.Reset();
            if (Volatile.Read(ref _start) == _end) Fill();
        }
    }

    private void Fill()
    {
        int count = 0;
        Exception? failure = null;
        try
        {
            count = _source.Read(_buffer, 0, BufferBytes);
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            failure = problem;
        }
        lock (_gate)
        {
            _start = 0;
            _end = count;
            _isEnded = count == 0;
            _failure = failure;
            if (!_isAwaited) return;
            _isAwaited = false;
            if (failure is null) count = Take(_destination);
        }
        if (failure is null) _core.SetResult(count);
        else _core.SetException(failure);
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
