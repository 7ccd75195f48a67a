using SeqStream.Contracts;
using SeqStream.Execution;

namespace SeqStream.Pipeline.Shards;

/// <summary>One model in a shard: its executor, what is lent to its streams, and the lanes of its next step.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly Stack<IFrontEnd> _idleFrontEnds = new();
    private readonly Stack<IDecoder> _idleDecoders = new();
    private readonly int[] _streams;   // [lane]
    private readonly int[] _slots;     // [lane]

    public ServedModel(StageFactory stages, EngineOptions options)
    {
        Stages = stages;
        Executor = new FrameExecutor(stages.Executors.CreateExecutor(options.MaxBatch, options.ExpectedStreams), stages.Timing, options.ExpectedStreams);
        MostUnanswered = stages.Timing?.MostUnanswered ?? 0;
        _streams = new int[options.MaxBatch];
        _slots = new int[options.MaxBatch];
        Notes = new StepNote[options.MaxBatch];
    }

    /// <summary>Makes front ends and decoders.</summary>
    public StageFactory Stages { get; }

    /// <summary>Makes the steps and holds the memory.</summary>
    public FrameExecutor Executor { get; }

    /// <summary>Newest frames of a stream that may still be answered for.</summary>
    public int MostUnanswered { get; }

    /// <summary>[lane] what the front end said of the step.</summary>
    public StepNote[] Notes { get; }

    /// <summary>Lanes of the next step.</summary>
    public int Lanes { get; private set; }

    /// <summary>True if no lane is free.</summary>
    public bool IsFull => Lanes == _slots.Length;

    /// <summary>The stream of a lane.</summary>
    public int StreamOf(int lane) => _streams[lane];

    /// <summary>Begins a batch.</summary>
    public void Clear() => Lanes = 0;

    /// <summary>Takes the next lane for a stream that filled it.</summary>
    public void Join(int stream, int slot)
    {
        _streams[Lanes] = stream;
        _slots[Lanes++] = slot;
    }

    /// <summary>Steps all lanes.</summary>
    [HotPath]
    public void Step() => Executor.Step(_slots.AsSpan(0, Lanes));

    /// <summary>A front end in its first state.</summary>
    public IFrontEnd RentFrontEnd() => _idleFrontEnds.TryPop(out IFrontEnd? frontEnd) ? frontEnd : Stages.CreateFrontEnd();

    /// <summary>A decoder in its first state.</summary>
    public IDecoder RentDecoder() => _idleDecoders.TryPop(out IDecoder? decoder) ? decoder : Stages.CreateDecoder();

    /// <summary>Takes a front end back that remembers nothing.</summary>
    public void Return(IFrontEnd frontEnd) => _idleFrontEnds.Push(frontEnd);

    /// <summary>Takes a decoder back that remembers nothing.</summary>
    public void Return(IDecoder decoder) => _idleDecoders.Push(decoder);

    public void Dispose() => Executor.Dispose();
}
