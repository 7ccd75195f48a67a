using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream;

/// <summary>One stream of a model, stepped synchronously. Stepping allocates nothing. One thread at a time; different sessions are independent.</summary>
public sealed class StreamSession : IDisposable
{
    private readonly IExecutorFactory _executors;
    private readonly IStepExecutor _executor;
    private readonly int[] _slot = new int[1];
    private readonly int[] _spare = new int[1];
    private readonly bool _hasPlainPorts;
    private readonly int _inputCount;
    private readonly int _outputCount;
    private readonly NativeExecutor? _inPlace;
    private readonly nint _row; // of the stream, where it is stepped in place
    private bool _isMarked; // while a batch gathers its sessions

    internal StreamSession(IExecutorFactory executors)
    {
        _executors = executors;
        _executor = executors.CreateExecutor(maxLanes: 1, expectedStreams: 2);
        _slot[0] = _executor.Rent();
        _spare[0] = _executor.Rent();
        _hasPlainPorts = Signature.HasPlainPorts;
        if (!_hasPlainPorts) return;
        _inputCount = Signature.Inputs[0].ElementCount;
        _outputCount = Signature.Outputs[0].ElementCount;
        if (_executor is not NativeExecutor { CanStepInPlace: true } native) return;
        (_inPlace, _row) = (native, native.RowOf(_slot[0]));
    }

    /// <summary>What a step takes, answers and remembers.</summary>
    public StepSignature Signature => _executor.Signature;

    /// <summary>Steps since the session was opened, reset or restored.</summary>
    public long Steps { get; private set; }

    /// <summary>Advances the stream by one step, for models with one float32 input and one float32 output.</summary>
    /// <param name="features">[input elements]</param>
    /// <param name="outputs">[output elements], written</param>
    /// <exception cref="ArgumentException">A length is wrong; the stream is untouched.</exception>
    /// <exception cref="InvalidOperationException">The model has other ports: use <see cref="Input"/>, <see cref="Step()"/> and <see cref="Output"/>.</exception>
    [HotPath]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(ReadOnlySpan<float> features, Span<float> outputs)
    {
        ThrowUnlessFit(features.Length, outputs.Length);
        if (_inPlace is null || features.Overlaps(outputs))
        {
            RunStaged(features, outputs, _slot);
        }
        else
        {
            unsafe
            {
                fixed (float* input = features, output = outputs) _inPlace.StepInPlace(_row, (byte*)input, (byte*)output);
            }
        }
        Steps++;
    }

    /// <summary>Answers what <see cref="Step(ReadOnlySpan{float}, Span{float})"/> would, without moving the stream.</summary>
    [HotPath]
    public void Peek(ReadOnlySpan<float> features, Span<float> outputs)
    {
        ThrowUnlessFit(features.Length, outputs.Length);
        _executor.Copy(_slot[0], _spare[0]);
        RunStaged(features, outputs, _spare);
    }

    /// <summary>Where to write an input before <see cref="Step()"/> or <see cref="Peek()"/>.</summary>
    /// <typeparam name="T">The element type's .NET type: float, long, int, ...</typeparam>
    [HotPath]
    public Span<T> Input<T>(int port) where T : unmanaged => MemoryMarshal.Cast<byte, T>(_executor.Input(port, 0));

    /// <summary>Advances the stream by one step on what was written to <see cref="Input"/>.</summary>
    [HotPath]
    public void Step()
    {
        _executor.Step(_slot);
        Steps++;
    }

    /// <summary>Answers what <see cref="Step()"/> would, without moving the stream.</summary>
    [HotPath]
    public void Peek()
    {
        _executor.Copy(_slot[0], _spare[0]);
        _executor.Step(_spare);
    }

    /// <summary>An output of the last step, valid until the next one.</summary>
    /// <typeparam name="T">The element type's .NET type: float, long, int, ...</typeparam>
    [HotPath]
    public ReadOnlySpan<T> Output<T>(int port) where T : unmanaged => MemoryMarshal.Cast<byte, T>(_executor.Output(port, 0));

    /// <summary>Tells the stream how long it is, before the first step that has a frame after its end: see <see cref="StreamEnd"/>.</summary>
    /// <param name="sourceFrames">Frames of the whole stream, those already fed included.</param>
    public void End(long sourceFrames) => StreamEnd.Announce(_executor, _slot[0], sourceFrames);

    /// <summary>The stream's memory as bytes that any process with the same model can restore: see <see cref="StateSnapshot"/>.</summary>
    public byte[] Save()
    {
        byte[] snapshot = new byte[SavedBytes];
        Save(snapshot);
        return snapshot;
    }

    /// <summary>Bytes of what <see cref="Save()"/> gives.</summary>
    public int SavedBytes => StateSnapshot.ByteCount(Signature.Layout);

    /// <summary>The same into memory of the caller, without allocating.</summary>
    /// <param name="snapshot">[<see cref="SavedBytes"/>], written.</param>
    /// <exception cref="ArgumentException">The length is another.</exception>
    [HotPath]
    public void Save(Span<byte> snapshot)
    {
        if (snapshot.Length != SavedBytes) throw new ArgumentException($"A saved state of model '{Signature.ModelName}' has {SavedBytes} bytes, but room for {snapshot.Length} was given.", nameof(snapshot));
        _executor.Save(_slot[0], StateSnapshot.RowOf(snapshot, Signature.Layout));
        StateSnapshot.Seal(snapshot, Signature.Layout, Signature.ModelId, Steps);
    }

    /// <summary>Replaces the stream's memory by a saved one.</summary>
    /// <exception cref="StateSnapshotException">The bytes are damaged or belong to another model; the stream is untouched.</exception>
    public void Restore(ReadOnlySpan<byte> snapshot)
    {
        ReadOnlySpan<byte> row = StateSnapshot.Open(snapshot, Signature.Layout, Signature.ModelId, Signature.ModelName, out long steps);
        _executor.Restore(_slot[0], row);
        Steps = steps;
    }

    /// <summary>Puts the stream into the model's initial state.</summary>
    [HotPath]
    public void Reset()
    {
        _executor.Reset(_slot[0]);
        Steps = 0;
    }

    /// <summary>Opens another stream with a copy of this one's memory.</summary>
    public StreamSession Fork()
    {
        StreamSession fork = new(_executors);
        byte[] row = new byte[Signature.Layout.RowBytes];
        _executor.Save(_slot[0], row);
        fork._executor.Restore(fork._slot[0], row);
        fork.Steps = Steps;
        return fork;
    }

    /// <inheritdoc/>
    public void Dispose() => _executor.Dispose();

    /// <summary>Where the stream's state lies, for a batch of the same program.</summary>
    /// <exception cref="ArgumentException">The session is of another model.</exception>
    [HotPath]
    internal nint RowFor(NativeProgram program)
    {
        if (!ReferenceEquals(_executors, program)) ThrowModel(program);
        return ((NativeExecutor)_executor).RowOf(_slot[0]);
    }

    /// <summary>Marks the session as one of a step; false if it is marked already.</summary>
    [HotPath]
    internal bool TryMark() => !_isMarked && (_isMarked = true);

    /// <summary>Takes the mark away.</summary>
    internal void Unmark() => _isMarked = false;

    /// <summary>Counts a step that a batch made, and takes the mark away.</summary>
    [HotPath]
    internal void Stepped()
    {
        _isMarked = false;
        Steps++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ThrowUnlessFit(int features, int outputs)
    {
        if (!_hasPlainPorts) ThrowPorts();
        if (features != _inputCount) ThrowLength("features", features, Signature.Inputs[0]);
        if (outputs != _outputCount) ThrowLength("outputs", outputs, Signature.Outputs[0]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunStaged(ReadOnlySpan<float> features, Span<float> outputs, int[] slot)
    {
        MemoryMarshal.AsBytes(features).CopyTo(_executor.Input(0, 0));
        _executor.Step(slot);
        _executor.Output(0, 0).CopyTo(MemoryMarshal.AsBytes(outputs));
    }

    private void ThrowModel(NativeProgram program) => throw new ArgumentException(
        $"A session of model '{Signature.ModelName}' ({Signature.ModelId:x16}) is among sessions of a batch of model '{program.Signature.ModelName}' ({program.Signature.ModelId:x16}). A batch steps sessions that were made by its own model object.");

    private void ThrowPorts() => throw new InvalidOperationException(
        $"Model '{Signature.ModelName}' has inputs ({string.Join(", ", Signature.Inputs)}) and outputs ({string.Join(", ", Signature.Outputs)}); "
        + "Step(features, outputs) needs one float32 input and one float32 output. Use Input, Step() and Output.");

    private void ThrowLength(string what, int found, StepPort port) => throw new ArgumentException(
        $"Model '{Signature.ModelName}' has {port}, so '{what}' needs {port.ElementCount} numbers, but {found} were given.", what);
}
