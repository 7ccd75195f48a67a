using System.Numerics;
using SeqStream.Contracts;
using SeqStream.Ort.Native;
using SeqStream.State;

namespace SeqStream.Ort.Stepping;

/// <summary>
/// Steps many streams with ONNX Runtime. State rows lie in a <see cref="StateSlab"/>; a step gathers them into batch tensors, runs the model,
/// and scatters the new states back. Batch sizes are powers of two; lanes that pad a batch repeat its last stream and are dropped.
/// Nothing managed is allocated after construction, native buffers included. One thread at a time.
/// </summary>
/// <remarks>A model that cannot step several streams in one run is run once for each lane. Unlike with the native executor, the last bits of a lane may depend on the batch size.</remarks>
public sealed unsafe class OrtExecutor : IStepExecutor
{
    private readonly OrtStepLayout _layout;
    private readonly StateSlab _slab;
    private readonly OrtBatch[] _batches;        // [log2 of the batch size]
    private readonly OrtMemory _inputs;          // [port][maxLanes, lane bytes]
    private readonly OrtMemory _outputs;         // [port][maxLanes, lane bytes]
    private readonly nint[] _inputOffsets;       // [port]
    private readonly nint[] _outputOffsets;      // [port]
    private readonly int[] _stateOffsets;        // [state] in a row
    private readonly int[] _outputState;         // [output port] index of the state it is, or -1
    private readonly OrtMemory _undo;            // [maxLanes, row bytes], used only where a step takes several runs
    private readonly int _lanesPerRun;
    private bool _disposed;

    /// <summary>Creates an executor without streams.</summary>
    /// <param name="program">The model.</param>
    /// <param name="maxLanes">Most lanes of one step, at least 1.</param>
    /// <param name="expectedStreams">How many streams are likely to live at once.</param>
    public OrtExecutor(OrtProgram program, int maxLanes, int expectedStreams = 1)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLanes, 1);
        Signature = program.Signature;
        MaxLanes = maxLanes;
        _layout = program.Layout;
        _lanesPerRun = program.IsBatched ? maxLanes : 1;
        _slab = new StateSlab(Signature.Layout, expectedStreams);
        _batches = new OrtBatch[BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)_lanesPerRun)) + 1];
        for (int index = 0; index < _batches.Length; index++) _batches[index] = new OrtBatch(program.Session, _layout, 1 << index, alternate: false);
        _inputs = Stage([.. _layout.Inputs], out _inputOffsets);
        _outputs = Stage([.. _layout.Outputs], out _outputOffsets);
        _stateOffsets = [.. Signature.Layout.Fields.Select(Signature.Layout.OffsetOf)];
        _outputState = [.. _layout.Outputs.Select(output => _layout.StateOutputs.IndexOf(output))];
        _undo = new OrtMemory(_lanesPerRun < maxLanes ? (nint)maxLanes * Signature.Layout.RowBytes : 0);
    }

    /// <inheritdoc/>
    public StepSignature Signature { get; }

    /// <inheritdoc/>
    public int MaxLanes { get; }

    /// <inheritdoc/>
    public int LiveStreams => _slab.Count;

    /// <inheritdoc/>
    public int Rent() => _slab.Rent();

    /// <inheritdoc/>
    public void Return(int slot) => _slab.Return(slot);

    /// <inheritdoc/>
    public void Reset(int slot) => _slab.Reset(slot);

    /// <inheritdoc/>
    public void Copy(int from, int to) => _slab.RowSpan(from).CopyTo(_slab.RowSpan(to));

    /// <inheritdoc/>
    public void Save(int slot, Span<byte> row) => _slab.RowSpan(slot).CopyTo(row);

    /// <inheritdoc/>
    public void Restore(int slot, ReadOnlySpan<byte> row) => row[.._slab.Layout.RowBytes].CopyTo(_slab.RowSpan(slot));

    /// <inheritdoc/>
    [HotPath]
    public Span<byte> Input(int port, int lane)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)lane, (uint)MaxLanes, nameof(lane));
        return new Span<byte>(InputLane(port, lane), _layout.Inputs[port].LaneBytes);
    }

    /// <inheritdoc/>
    [HotPath]
    public ReadOnlySpan<byte> Output(int port, int lane)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)lane, (uint)MaxLanes, nameof(lane));
        return new ReadOnlySpan<byte>(OutputLane(port, lane), _layout.Outputs[port].LaneBytes);
    }

    /// <inheritdoc/>
    /// <exception cref="OrtException">The run failed, for example because an index is out of range. No stream was advanced.</exception>
    [HotPath]
    public void Step(ReadOnlySpan<int> slots)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots.Length, MaxLanes, nameof(slots));
        if (slots.Length == 0) return;
        if (slots.Length <= _lanesPerRun) RunLanes(slots, 0);
        else RunOneByOne(slots);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        foreach (OrtBatch batch in _batches) batch.Dispose();
        _inputs.Dispose();
        _outputs.Dispose();
        _undo.Dispose();
        _slab.Dispose();
    }

    /// <summary>Several runs make one step: if a later one fails, the streams of the earlier ones go back to where they were.</summary>
    private void RunOneByOne(ReadOnlySpan<int> slots)
    {
        int rowBytes = Signature.Layout.RowBytes;
        for (int lane = 0; lane < slots.Length; lane++) _slab.RowSpan(slots[lane]).CopyTo(Undo(lane, rowBytes));
        int done = 0;
        try
        {
            for (; done < slots.Length; done++) RunLanes(slots.Slice(done, 1), done);
        }
        catch (OrtException)
        {
            for (int lane = 0; lane < done; lane++) Undo(lane, rowBytes).CopyTo(_slab.RowSpan(slots[lane]));
            throw;
        }
    }

    private void RunLanes(ReadOnlySpan<int> slots, int firstLane)
    {
        OrtBatch batch = _batches[BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)slots.Length))];
        for (int lane = 0; lane < batch.Lanes; lane++)
        {
            int source = Math.Min(lane, slots.Length - 1);
            GatherLane(batch, lane, firstLane + source, _slab.LiveRow(slots[source]));
        }
        batch.Run(0);
        for (int lane = 0; lane < slots.Length; lane++) ScatterLane(batch, lane, firstLane + lane, _slab.LiveRow(slots[lane]));
    }

    private void GatherLane(OrtBatch batch, int lane, int staged, byte* row)
    {
        for (int port = 0; port < _inputOffsets.Length; port++) _layout.Inputs[port].Gather(InputLane(port, staged), batch.Inputs[port], lane, batch.Lanes);
        for (int state = 0; state < _stateOffsets.Length; state++) _layout.StateInputs[state].Gather(row + _stateOffsets[state], batch.Front[state], lane, batch.Lanes);
    }

    private void ScatterLane(OrtBatch batch, int lane, int staged, byte* row)
    {
        for (int state = 0; state < _stateOffsets.Length; state++) _layout.StateInputs[state].Scatter(batch.Back[state], row + _stateOffsets[state], lane, batch.Lanes);
        for (int port = 0; port < _outputOffsets.Length; port++)
        {
            byte* tensor = _outputState[port] < 0 ? batch.Outputs[port] : batch.Back[_outputState[port]];
            _layout.Outputs[port].Scatter(tensor, OutputLane(port, staged), lane, batch.Lanes);
        }
    }

    private Span<byte> Undo(int lane, int rowBytes) => new(_undo.Start + (nint)lane * rowBytes, rowBytes);

    private byte* InputLane(int port, int lane) => _inputs.Start + _inputOffsets[port] + (nint)lane * _layout.Inputs[port].LaneBytes;

    private byte* OutputLane(int port, int lane) => _outputs.Start + _outputOffsets[port] + (nint)lane * _layout.Outputs[port].LaneBytes;

    private OrtMemory Stage(OrtLanePort[] ports, out nint[] offsets)
    {
        const int alignment = 64;
        nint total = 0;
        offsets = new nint[ports.Length];
        for (int port = 0; port < ports.Length; port++)
        {
            offsets[port] = total;
            total += ((nint)ports[port].LaneBytes * MaxLanes + alignment - 1) / alignment * alignment;
        }
        return new OrtMemory(total);
    }
}
