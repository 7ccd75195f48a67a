using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Ort.Stepping;

/// <summary>
/// Runs a whole-sequence model over the newest frames of each stream, one stream at a time. Unlike other executors it allocates in a step: it is there for what cannot be had
/// otherwise. One thread at a time.
/// </summary>
public sealed class WindowExecutor : IStepExecutor
{
    private const int CountField = 0;
    private readonly WindowProgram _program;
    private readonly StateSlab _slab;
    private readonly byte[][] _inputs;     // [port] [lane, frame]
    private readonly byte[][] _outputs;    // [port] [lane, frame]
    private readonly int[] _offsets;       // [input port] of its window in a row
    private readonly int _frames;

    /// <summary>Creates an executor without streams.</summary>
    /// <param name="program">The model.</param>
    /// <param name="maxLanes">Most lanes of one step, at least 1.</param>
    /// <param name="expectedStreams">How many streams are likely to live at once.</param>
    public WindowExecutor(WindowProgram program, int maxLanes, int expectedStreams = 1)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLanes, 1);
        _program = program;
        _frames = program.Model.Frames;
        MaxLanes = maxLanes;
        _slab = new StateSlab(Signature.Layout, expectedStreams);
        _inputs = [.. program.Inputs.Select(port => new byte[maxLanes * port.Rows * port.FrameBytes])];
        _outputs = [.. program.Outputs.Select(port => new byte[maxLanes * port.Rows * port.FrameBytes])];
        _offsets = [.. Signature.Layout.Fields.Skip(1).Select(Signature.Layout.OffsetOf)];
    }

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
    public void Restore(int slot, ReadOnlySpan<byte> row) => row[..Signature.Layout.RowBytes].CopyTo(_slab.RowSpan(slot));

    /// <inheritdoc/>
    public Span<byte> Input(int port, int lane) => LaneOf(_inputs[port], lane);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Output(int port, int lane) => LaneOf(_outputs[port], lane);

    /// <inheritdoc/>
    /// <exception cref="OrtException">A run failed. No stream was advanced.</exception>
    public void Step(ReadOnlySpan<int> slots)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots.Length, MaxLanes, nameof(slots));
        for (int lane = 0; lane < slots.Length; lane++) Answer(slots[lane], lane);
        for (int lane = 0; lane < slots.Length; lane++) Keep(slots[lane], lane);
    }

    /// <inheritdoc/>
    public void Dispose() => _slab.Dispose();

    private Span<byte> LaneOf(byte[] all, int lane)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)lane, (uint)MaxLanes, nameof(lane));
        int bytes = all.Length / MaxLanes;
        return all.AsSpan(lane * bytes, bytes);
    }

    /// <summary>Runs the kept frames and the new one, and takes the newest frame of each output.</summary>
    private void Answer(int slot, int lane)
    {
        ReadOnlySpan<byte> row = _slab.RowSpan(slot);
        int past = (int)Math.Min(CountOf(row), _frames - 1);
        OrtTensor[] inputs = [.. _program.Model.Constants, .. new OrtTensor[_program.Inputs.Length]];
        for (int port = 0; port < _program.Inputs.Length; port++) inputs[_program.Model.Constants.Length + port] = Sequence(port, row, lane, past);
        IReadOnlyDictionary<string, OrtTensor> answers = _program.Session.Run(inputs);
        for (int port = 0; port < _program.Outputs.Length; port++)
        {
            WindowPort output = _program.Outputs[port];
            byte[] answer = answers[output.Name].Bytes;
            Span<byte> newest = LaneOf(_outputs[port], lane);
            int rowBytes = answer.Length / output.Rows;
            if (rowBytes < output.FrameBytes) throw new OrtException(OrtErrorCode.Fail, $"Model '{_program.Session.ModelName}': output '{output.Name}' has no frame for a sequence of {past + 1}. The model needs longer sequences before it answers.");
            for (int at = 0; at < output.Rows; at++) answer.AsSpan(((at + 1) * rowBytes) - output.FrameBytes, output.FrameBytes).CopyTo(newest[(at * output.FrameBytes)..]);
        }
    }

    private OrtTensor Sequence(int port, ReadOnlySpan<byte> row, int lane, int past)
    {
        WindowPort input = _program.Inputs[port];
        byte[] bytes = new byte[input.Rows * (past + 1) * input.FrameBytes];
        ReadOnlySpan<byte> newest = LaneOf(_inputs[port], lane);
        for (int at = 0; at < input.Rows; at++)
        {
            Span<byte> to = bytes.AsSpan(at * (past + 1) * input.FrameBytes);
            ReadOnlySpan<byte> kept = WindowOf(row, port, at);
            kept[^(past * input.FrameBytes)..].CopyTo(to);
            newest.Slice(at * input.FrameBytes, input.FrameBytes).CopyTo(to[(past * input.FrameBytes)..]);
        }
        return new OrtTensor(input.Name, input.Type, input.DimensionsOf(past + 1), bytes);
    }

    /// <summary>Moves the window on by one frame: the newest is last.</summary>
    private void Keep(int slot, int lane)
    {
        Span<byte> row = _slab.RowSpan(slot);
        for (int port = 0; port < _program.Inputs.Length; port++)
        {
            WindowPort input = _program.Inputs[port];
            for (int at = 0; at < input.Rows; at++)
            {
                Span<byte> kept = MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(WindowOf(row, port, at)), _frames * input.FrameBytes);
                kept[input.FrameBytes..].CopyTo(kept);
                LaneOf(_inputs[port], lane).Slice(at * input.FrameBytes, input.FrameBytes).CopyTo(kept[^input.FrameBytes..]);
            }
        }
        MemoryMarshal.Cast<byte, long>(row[Signature.Layout.OffsetOf(Signature.Layout.Fields[CountField])..])[0]++;
    }

    private ReadOnlySpan<byte> WindowOf(ReadOnlySpan<byte> row, int port, int at) => row.Slice(_offsets[port] + (at * _frames * _program.Inputs[port].FrameBytes), _frames * _program.Inputs[port].FrameBytes);

    private long CountOf(ReadOnlySpan<byte> row) => MemoryMarshal.Cast<byte, long>(row[Signature.Layout.OffsetOf(Signature.Layout.Fields[CountField])..])[0];
}
