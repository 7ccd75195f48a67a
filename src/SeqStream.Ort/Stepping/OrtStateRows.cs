using System.Collections.Immutable;
using System.Numerics;
using SeqStream.Ort.Native;
using SeqStream.State;

namespace SeqStream.Ort.Stepping;

/// <summary>
/// The states of all streams on the device: two tensors for each, of which one is current; whatever changes states reads that one and fills the other. Rows
/// come and go through host memory only when a single stream is saved, restored or begun.
/// </summary>
internal sealed unsafe class OrtStateRows : IDisposable
{
    private const int MostRowsAtOnce = 64;
    private readonly OrtResidentProgram _program;
    private readonly OrtDeviceMemory _device;
    private readonly StateLayout _layout;
    private readonly OrtPort[] _ports;                  // [state] inputs of the step model
    private readonly OrtMemory _staged;                 // [state][rows, field bytes]
    private readonly OrtMemory _slots;                  // [rows] int64
    private readonly nint[] _stagedOffsets;             // [state]
    private readonly Dictionary<(bool Writes, int Rows, int Turn), OrtBinding> _bindings = [];
    private OrtHandle[][] _tensors = [];                // [turn][state]

    public OrtStateRows(OrtResidentProgram program, int capacity)
    {
        _program = program;
        _layout = program.Signature.Layout;
        _device = new OrtDeviceMemory(program.Step);
        _ports = [.. program.Model.States.Select(state => program.Step.InputNamed(state.Input))];
        _stagedOffsets = new nint[_ports.Length];
        nint total = 0;
        for (int state = 0; state < _ports.Length; state++)
        {
            _stagedOffsets[state] = total;
            total += (nint)_layout.Fields[state].ByteCount * MostRowsAtOnce;
        }
        _staged = new OrtMemory(total);
        _slots = new OrtMemory(MostRowsAtOnce * sizeof(long));
        Allocate(capacity);
    }

    /// <summary>Rows there are, without the one for lanes that only fill a batch.</summary>
    public int Capacity { get; private set; }

    /// <summary>The row for lanes that only fill a batch.</summary>
    public int SpareRow => Capacity;

    /// <summary>Which of the two sets is current.</summary>
    public int Turn { get; private set; }

    /// <summary>Binds the states of a step that reads one set and fills the other.</summary>
    public void Bind(OrtBinding binding, int turn)
    {
        ImmutableArray<OrtStatePair> states = _program.Model.States;
        for (int state = 0; state < states.Length; state++)
        {
            binding.Input(states[state].Input, _tensors[turn][state].Value);
            binding.Output(states[state].Output, _tensors[turn ^ 1][state].Value);
        }
    }

    /// <summary>Says that a step has filled the other set.</summary>
    [HotPath]
    public void Flip() => Turn ^= 1;

    /// <summary>Reads the rows of some streams.</summary>
    /// <param name="slots">The streams.</param>
    /// <param name="rows">[slots, row bytes], written.</param>
    public void Read(ReadOnlySpan<int> slots, Span<byte> rows)
    {
        for (int first = 0; first < slots.Length && _ports.Length > 0; first += MostRowsAtOnce)
        {
            ReadOnlySpan<int> some = slots[first..Math.Min(slots.Length, first + MostRowsAtOnce)];
            int bucket = Stage(some);
            BindingOf(writes: false, bucket).Run();
            for (int index = 0; index < some.Length; index++)
            {
                Span<byte> row = rows.Slice((first + index) * _layout.RowBytes, _layout.RowBytes);
                for (int state = 0; state < _ports.Length; state++) Staged(state, index).CopyTo(row[_layout.OffsetOf(_layout.Fields[state])..]);
            }
        }
    }

    /// <summary>Writes the rows of some streams, all different.</summary>
    /// <param name="slots">The streams.</param>
    /// <param name="rows">[slots, row bytes]</param>
    public void Write(ReadOnlySpan<int> slots, ReadOnlySpan<byte> rows)
    {
        for (int first = 0; first < slots.Length && _ports.Length > 0; first += MostRowsAtOnce)
        {
            ReadOnlySpan<int> some = slots[first..Math.Min(slots.Length, first + MostRowsAtOnce)];
            int bucket = Stage(some);
            for (int index = 0; index < some.Length; index++)
            {
                ReadOnlySpan<byte> row = rows.Slice((first + index) * _layout.RowBytes, _layout.RowBytes);
                for (int state = 0; state < _ports.Length; state++) row.Slice(_layout.OffsetOf(_layout.Fields[state]), _layout.Fields[state].ByteCount).CopyTo(Staged(state, index));
            }
            BindingOf(writes: true, bucket).Run();
            Flip();
        }
    }

    /// <summary>Makes room for more streams; bindings to the old rows are of no use any more.</summary>
    public void Grow()
    {
        int old = Capacity;
        byte[] rows = new byte[checked(old * _layout.RowBytes)];
        int[] slots = [.. Enumerable.Range(0, old)];
        Read(slots, rows);
        Release();
        Allocate(checked(old * 2));
        Write(slots, rows);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        _device.Dispose();
        _staged.Dispose();
        _slots.Dispose();
    }

    private void Allocate(int capacity)
    {
        Capacity = capacity;
        _tensors = [Tensors(), Tensors()];

        OrtHandle[] Tensors() => [.. _ports.Select(port => _device.Tensor((int)port.Type, DimensionsFor(port, capacity + 1)))];
    }

    private void Release()
    {
        foreach (OrtBinding binding in _bindings.Values) binding.Dispose();
        _bindings.Clear();
        foreach (OrtHandle tensor in _tensors.SelectMany(static set => set)) tensor.Dispose();
    }

    /// <summary>Writes slots for a number of rows that is a power of two, and answers that.</summary>
    private int Stage(ReadOnlySpan<int> slots)
    {
        int bucket = (int)BitOperations.RoundUpToPowerOf2((uint)slots.Length);
        long* to = (long*)_slots.Start;
        for (int index = 0; index < bucket; index++) to[index] = index < slots.Length ? slots[index] : SpareRow;
        return bucket;
    }

    private Span<byte> Staged(int state, int index)
    {
        int bytes = _layout.Fields[state].ByteCount;
        return new Span<byte>(_staged.Start + _stagedOffsets[state] + ((nint)index * bytes), bytes);
    }

    private OrtBinding BindingOf(bool writes, int rows)
    {
        if (_bindings.TryGetValue((writes, rows, Turn), out OrtBinding? known)) return known;
        OrtBinding binding = new((writes ? _program.Write : _program.Read)!);
        binding.HostInput(_program.Model.SlotsInput, (int)Plan.ElementType.Int64, [rows], _slots.Start, (nint)rows * sizeof(long));
        for (int state = 0; state < _ports.Length; state++)
        {
            OrtStatePair pair = _program.Model.States[state];
            byte* staged = _staged.Start + _stagedOffsets[state];
            nint bytes = (nint)rows * _layout.Fields[state].ByteCount;
            binding.Input(pair.Input, _tensors[Turn][state].Value);
            if (writes)
            {
                binding.HostInput(pair.Input + _program.Model.RowsSuffix, (int)_ports[state].Type, DimensionsFor(_ports[state], rows), staged, bytes);
                binding.Output(pair.Output, _tensors[Turn ^ 1][state].Value);
            }
            else
            {
                binding.HostOutput(pair.Output, (int)_ports[state].Type, DimensionsFor(_ports[state], rows), staged, bytes);
            }
        }
        return _bindings[(writes, rows, Turn)] = binding;
    }

    private static long[] DimensionsFor(OrtPort port, int rows) => [rows, .. port.Dimensions.Skip(1).Select(static dimension => dimension.Value!.Value)];
}
