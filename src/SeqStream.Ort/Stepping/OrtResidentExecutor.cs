using System.Numerics;
using SeqStream.Contracts;
using SeqStream.Ort.Native;

namespace SeqStream.Ort.Stepping;

/// <summary>
/// Steps many streams with ONNX Runtime on a device that keeps their states. Batch sizes are powers of two; lanes that fill a batch have a row of their own. New,
/// reset and restored states are sent together before the next step. A step allocates no managed memory. One thread at a time.
/// </summary>
internal sealed unsafe class OrtResidentExecutor : IStepExecutor
{
    private readonly OrtResidentProgram _program;
    private readonly OrtStateRows _rows;
    private readonly OrtMemory _slots;              // [largest batch] int64
    private readonly OrtMemory[] _inputs;           // [port][largest batch, lane bytes]
    private readonly OrtMemory[] _outputs;          // [port][largest batch, lane bytes]
    private readonly OrtBinding?[,] _bindings;      // [log2 of the batch size, turn]
    private readonly Stack<int> _free = new();
    private readonly Dictionary<int, byte[]> _pending = [];
    private readonly byte[] _initial;
    private int _used;
    private bool _disposed;

    public OrtResidentExecutor(OrtResidentProgram program, int maxLanes, int expectedStreams)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLanes, 1);
        _program = program;
        MaxLanes = maxLanes;
        int largest = (int)BitOperations.RoundUpToPowerOf2((uint)maxLanes);
        _rows = new OrtStateRows(program, Math.Max(1, expectedStreams));
        _slots = new OrtMemory((nint)largest * sizeof(long));
        _inputs = [.. Signature.Inputs.Select(port => new OrtMemory((nint)largest * port.ByteCount))];
        _outputs = [.. Signature.Outputs.Select(port => new OrtMemory((nint)largest * port.ByteCount))];
        _bindings = new OrtBinding?[BitOperations.Log2((uint)largest) + 1, 2];
        _initial = new byte[Signature.Layout.RowBytes];
        Signature.Layout.Initialize(_initial);
    }

    /// <inheritdoc/>
    public StepSignature Signature => _program.Signature;

    /// <inheritdoc/>
    public int MaxLanes { get; }

    /// <inheritdoc/>
    public int LiveStreams => _used - _free.Count;

    /// <inheritdoc/>
    public int Rent()
    {
        if (!_free.TryPop(out int slot))
        {
            if (_used == _rows.Capacity) Grow();
            slot = _used++;
        }
        Reset(slot);
        return slot;
    }

    /// <inheritdoc/>
    public void Return(int slot)
    {
        _pending.Remove(slot);
        _free.Push(slot);
    }

    /// <inheritdoc/>
    public void Reset(int slot) => Restore(slot, _initial);

    /// <inheritdoc/>
    public void Copy(int from, int to)
    {
        byte[] row = new byte[Signature.Layout.RowBytes];
        Save(from, row);
        Restore(to, row);
    }

    /// <inheritdoc/>
    public void Save(int slot, Span<byte> row)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_pending.TryGetValue(slot, out byte[]? pending)) pending.CopyTo(row);
        else _rows.Read([slot], row[..Signature.Layout.RowBytes]);
    }

    /// <inheritdoc/>
    public void Restore(int slot, ReadOnlySpan<byte> row)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_pending.TryGetValue(slot, out byte[]? pending)) _pending[slot] = pending = new byte[Signature.Layout.RowBytes];
        row[..pending.Length].CopyTo(pending);
    }

    /// <inheritdoc/>
    [HotPath]
    public Span<byte> Input(int port, int lane) => Lane(_inputs[port], lane, Signature.Inputs[port].ByteCount);

    /// <inheritdoc/>
    [HotPath]
    public ReadOnlySpan<byte> Output(int port, int lane) => Lane(_outputs[port], lane, Signature.Outputs[port].ByteCount);

    /// <inheritdoc/>
    /// <exception cref="OrtException">The run failed. No stream was advanced.</exception>
    [HotPath]
    public void Step(ReadOnlySpan<int> slots)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots.Length, MaxLanes, nameof(slots));
        if (slots.Length == 0) return;
        if (_pending.Count > 0) Send();
        int size = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)slots.Length)), lanes = 1 << size;
        long* to = (long*)_slots.Start;
        for (int lane = 0; lane < lanes; lane++) to[lane] = lane < slots.Length ? slots[lane] : _rows.SpareRow;
        (_bindings[size, _rows.Turn] ??= Bind(lanes)).Run();
        _rows.Flip();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        Unbind();
        _rows.Dispose();
        _slots.Dispose();
        foreach (OrtMemory memory in _inputs.Concat(_outputs)) memory.Dispose();
    }

    private void Send()
    {
        byte[] rows = new byte[_pending.Count * Signature.Layout.RowBytes];
        int[] slots = [.. _pending.Keys];
        for (int index = 0; index < slots.Length; index++) _pending[slots[index]].CopyTo(rows, index * Signature.Layout.RowBytes);
        _rows.Write(slots, rows);
        _pending.Clear();
    }

    private void Grow()
    {
        Unbind();
        _rows.Grow();
    }

    private OrtBinding Bind(int lanes)
    {
        OrtBinding binding = new(_program.Step);
        binding.HostInput(_program.Model.SlotsInput, (int)Plan.ElementType.Int64, [lanes], _slots.Start, (nint)lanes * sizeof(long));
        for (int port = 0; port < _inputs.Length; port++) binding.HostInput(Signature.Inputs[port].Name, (int)Signature.Inputs[port].Type, DimensionsFor(_program.Step.InputNamed(Signature.Inputs[port].Name), lanes), _inputs[port].Start, (nint)lanes * Signature.Inputs[port].ByteCount);
        for (int port = 0; port < _outputs.Length; port++) binding.HostOutput(Signature.Outputs[port].Name, (int)Signature.Outputs[port].Type, DimensionsFor(_program.Step.OutputNamed(Signature.Outputs[port].Name), lanes), _outputs[port].Start, (nint)lanes * Signature.Outputs[port].ByteCount);
        _rows.Bind(binding, _rows.Turn);
        return binding;
    }

    private void Unbind()
    {
        foreach (OrtBinding? binding in _bindings) binding?.Dispose();
        Array.Clear(_bindings);
    }

    private Span<byte> Lane(OrtMemory memory, int lane, int bytes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)lane, (uint)MaxLanes, nameof(lane));
        return new Span<byte>(memory.Start + ((nint)lane * bytes), bytes);
    }

    private static long[] DimensionsFor(OrtPort port, int lanes) => [lanes, .. port.Dimensions.Skip(1).Select(static dimension => dimension.Value!.Value)];
}
