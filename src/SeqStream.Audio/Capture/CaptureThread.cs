using System.Threading.Tasks.Sources;

namespace SeqStream.Audio.Capture;

/// <summary>
/// Lets a thread of its own wait for a blocking device; whoever awaits a read continues on that thread, so that a block costs no change of threads. One reader at a time.
/// Allocates nothing per read.
/// </summary>
internal sealed class CaptureThread : IValueTaskSource<AudioRead>, IDisposable
{
    private readonly IBlockingCapture _capture;
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly Thread _thread;
    private ManualResetValueTaskSourceCore<AudioRead> _core;
    private Memory<float> _samples;
    private CancellationToken _cancellation;
    private volatile bool _isStopped;

    public CaptureThread(IBlockingCapture capture, string name)
    {
        _capture = capture;
        _thread = new Thread(Pump) { IsBackground = true, Name = name };
        _thread.Start();
    }

    public ValueTask<AudioRead> ReadAsync(Memory<float> samples, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled<AudioRead>(cancellation);
        _core.Reset();
        _samples = samples;
        _cancellation = cancellation;
        _wanted.Release();
        return new ValueTask<AudioRead>(this, _core.Version);
    }

    /// <summary>Ends the thread and closes the device. No read may be under way; the call may come from the thread itself.</summary>
    public void Dispose()
    {
        if (_isStopped) return;
        _isStopped = true;
        _wanted.Release();
        if (Thread.CurrentThread != _thread) _thread.Join();
        _capture.Dispose();
    }

    AudioRead IValueTaskSource<AudioRead>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<AudioRead>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<AudioRead>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private void Pump()
    {
        while (true)
        {
            _wanted.Wait();
            if (_isStopped) return;
            AudioRead read;
            try
            {
                read = _capture.Read(_samples.Span, _cancellation);
            }
            catch (Exception problem)
            {
                // Whoever awaits the read is told; this thread serves the next one.
                _core.SetException(problem);
                continue;
            }
            _core.SetResult(read);
        }
    }
}
