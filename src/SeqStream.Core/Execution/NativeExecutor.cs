using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Execution;

/// <summary>Runs a <see cref="NativeProgram"/> on the processor. State rows lie in a <see cref="StateSlab"/>. One thread at a time.</summary>
public sealed unsafe class NativeExecutor : IStepExecutor
{
    private const int Alignment = 64;
    private readonly NativeProgram _program;
    private readonly NodeKernel[] _kernels;
    private readonly StateSlab _slab;
    private readonly Port[] _inputs;
    private readonly Port[] _outputs;
    private byte* _block;        // wires, then scratch, then the four pointer tables
    private byte** _wires;       // [slots]
    private byte** _wiresInPlace; // [slots] the same but for a caller's input and output
    private byte** _rows;        // [maxLanes]
    private byte** _scratch;     // [kernels]
    private readonly int _inputSlot;
    private readonly int _outputSlot;

    /// <summary>Creates an executor with room for <paramref name="maxLanes"/> lanes and no streams.</summary>
    /// <param name="program">The bound plan.</param>
    /// <param name="maxLanes">Most lanes of one step, at least 1.</param>
    /// <param name="expectedStreams">How many streams are likely to live at once.</param>
    public NativeExecutor(NativeProgram program, int maxLanes, int expectedStreams = 1)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLanes, 1);
        _program = program;
        _kernels = [.. program.Kernels];
        MaxLanes = maxLanes;
        _slab = new StateSlab(program.Plan.Layout, expectedStreams);
        Allocate();
        _inputs = [.. program.Plan.Inputs.Select(PortOf)];
        _outputs = [.. program.Plan.Outputs.Select(output => PortOf(output.Wire))];
        if (_inputs.Length != 1 || _outputs.Length != 1) return;
        _inputSlot = program.Slots.Of(program.Plan.Inputs[0]).Index;
        _outputSlot = program.Slots.Of(program.Plan.Outputs[0].Wire).Index;
        CanStepInPlace = _inputSlot != _outputSlot && program.Plan.Outputs[0].Wire.Root.Constant is null;
    }

    /// <summary>Frees the memory if the owner forgot to.</summary>
    ~NativeExecutor() => Free();

    /// <inheritdoc/>
    public StepSignature Signature => _program.Signature;

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
        ObjectDisposedException.ThrowIf(_block is null, this);
        Port input = _inputs[port];
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)lane, (uint)MaxLanes, nameof(lane));
        return new Span<byte>(input.Start + lane * input.LaneStride, input.Bytes);
    }

    /// <inheritdoc/>
    [HotPath]
    public ReadOnlySpan<byte> Output(int port, int lane)
    {
        ObjectDisposedException.ThrowIf(_block is null, this);
        Port output = _outputs[port];
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)lane, (uint)MaxLanes, nameof(lane));
        return new ReadOnlySpan<byte>(output.Start + lane * output.LaneStride, output.Bytes);
    }

    /// <inheritdoc/>
    [HotPath]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(ReadOnlySpan<int> slots)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots.Length, MaxLanes, nameof(slots));
        if (slots.Length == 0) return;
        for (int lane = 0; lane < slots.Length; lane++) _rows[lane] = _slab.LiveRow(slots[lane]);
        Run(slots.Length, _wires);
        GC.KeepAlive(this);
    }

    /// <summary>Steps rows that lie in other executors of the same program; lane m is <c>rows[m]</c>. The caller keeps their owners alive.</summary>
    [HotPath]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void StepRows(ReadOnlySpan<nint> rows)
    {
        ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Length, MaxLanes, nameof(rows));
        if (rows.Length == 0) return;
        for (int lane = 0; lane < rows.Length; lane++) _rows[lane] = (byte*)rows[lane];
        Run(rows.Length, _wires);
        GC.KeepAlive(this);
    }

    /// <summary>Throws if the executor was disposed.</summary>
    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_block is null, this);

    /// <summary>Where a stream's state lies, for <see cref="StepRows"/>. Valid while the stream lives.</summary>
    internal nint RowOf(int slot) => (nint)_slab.LiveRow(slot);

    /// <summary>The bound plan.</summary>
    internal NativeProgram Program => _program;

    /// <summary>
    /// Steps one stream of a model with one input and one output, reading and writing the caller's memory in place of the staging buffers.
    /// The two must not overlap. <paramref name="row"/> comes from <see cref="RowOf"/>.
    /// </summary>
    [HotPath]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void StepInPlace(nint row, byte* input, byte* output)
    {
        ObjectDisposedException.ThrowIf(_block is null, this);
        byte** wires = _wiresInPlace;
        _rows[0] = (byte*)row;
        wires[_inputSlot] = input;
        wires[_outputSlot] = output;
        Run(1, wires);
        GC.KeepAlive(this);
    }

    /// <summary>True if <see cref="StepInPlace"/> may be used: one input, one output, and no wire that is both or constant.</summary>
    internal bool CanStepInPlace { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        _slab.Dispose();
        GC.SuppressFinalize(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Run(int lanes, byte** wires)
    {
        Unsafe.SkipInit(out StepContext context);
        context.Lanes = lanes;
        context.Wires = wires;
        context.Rows = _rows;
        NodeKernel[] kernels = _kernels;
        for (int i = 0; i < kernels.Length; i++)
        {
            context.Scratch = _scratch[i];
            kernels[i].Run(in context);
        }
    }

    private Port PortOf(Wire wire)
    {
        WireSlot slot = _program.Slots.Of(wire);
        return new Port { Start = _wires[slot.Index], LaneStride = slot.LaneStride, Bytes = wire.ByteCount };
    }

    private void Allocate()
    {
        nint[] offsets = new nint[_program.Slots.Count];
        nint wireBytes = RoundUp(_program.Buffers.Place(MaxLanes, offsets));
        nint[] scratchOffsets = new nint[_kernels.Length];
        nint total = wireBytes;
        for (int i = 0; i < _kernels.Length; i++)
        {
            scratchOffsets[i] = total;
            total += RoundUp(_kernels[i].ScratchBytes(MaxLanes));
        }
        nint tablesAt = total;
        total += RoundUp((2 * offsets.Length + _kernels.Length + MaxLanes) * sizeof(byte*));
        _block = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(total, Alignment), Alignment);
        NativeMemory.Clear(_block, (nuint)total);
        _wires = (byte**)(_block + tablesAt);
        _wiresInPlace = _wires + offsets.Length;
        _scratch = _wiresInPlace + offsets.Length;
        _rows = _scratch + _kernels.Length;
        for (int i = 0; i < _kernels.Length; i++) _scratch[i] = _block + scratchOffsets[i];
        for (int slot = 0; slot < offsets.Length; slot++)
        {
            byte* constant = _program.Constants[slot];
            _wires[slot] = _wiresInPlace[slot] = constant is null ? _block + offsets[slot] : constant;
        }
    }

    private static nint RoundUp(nint bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private void Free()
    {
        byte* block = _block;
        _block = null;
        if (block is not null) NativeMemory.AlignedFree(block);
    }

    /// <summary>Where the caller finds an input or output.</summary>
    private struct Port
    {
        public byte* Start;
        public nint LaneStride;
        public int Bytes;
    }
}
