using System.Threading.Channels;
using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>The thread of a shard: turns while there is work, waits while there is none, ends when its frames are complete and everything is stepped.</summary>
internal sealed class ShardThread
{
    private readonly Shard _shard;
    private readonly ChannelReader<Frame> _frames;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancellation;
    private volatile bool _endsStreams;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ShardThread(Shard shard, int index, ChannelReader<Frame> frames, EngineOptions options, TimeProvider time, CancellationToken cancellation)
    {
        _shard = shard;
        _frames = frames;
        _options = options;
        _time = time;
        _cancellation = cancellation;
        new Thread(Run) { Name = $"seqstream shard {index}", IsBackground = true }.Start();
    }

    /// <summary>True to end the sequences that are still open when the last frame is stepped. Set before the frames are complete.</summary>
    public bool EndsStreams
    {
        get => _endsStreams;
        set => _endsStreams = value;
    }

    /// <summary>Completes when the thread has ended; faulted with what ended it early.</summary>
    public Task Completion => _completion.Task;

    private void Run()
    {
        try
        {
            while (WaitForWork()) TurnWhileThereIsWork();
            if (EndsStreams && !_cancellation.IsCancellationRequested)
            {
                _shard.EndAll();
                TurnWhileThereIsWork();
            }
            _completion.SetResult();
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            _completion.SetResult();
        }
        catch (Exception fault)
        {
            _completion.SetException(fault);
        }
    }

    private void TurnWhileThereIsWork()
    {
        while (!_cancellation.IsCancellationRequested && _shard.Turn())
        {
        }
    }

    private bool WaitForWork()
    {
        if (_cancellation.IsCancellationRequested) return false;
        ValueTask<bool> waiting = _frames.WaitToReadAsync(_cancellation);
        bool more = waiting.IsCompleted ? waiting.Result : waiting.AsTask().GetAwaiter().GetResult();
        if (more && _options.MaxWait > TimeSpan.Zero) WaitForBatch();
        return more;
    }

    /// <summary>Lets frames gather until a batch is full or the oldest has waited long enough.</summary>
    private void WaitForBatch()
    {
        long start = _time.GetTimestamp();
        while (_frames.CanCount && _frames.Count < _options.MaxBatch && _time.GetElapsedTime(start) < _options.MaxWait && !_frames.Completion.IsCompleted)
        {
            Thread.Sleep(0);
        }
    }
}
