using System.Runtime.InteropServices;
using SeqStream.Ort.Native;
using SeqStream.Plan;

namespace SeqStream.Ort.Stepping;

/// <summary>
/// Steps a fixed batch of streams, carrying their states without a copy: two bindings with the state buffers swapped take turns.
/// A step is one native call and allocates no managed memory. One thread at a time.
/// </summary>
/// <remarks>Write the inputs, call <see cref="Step"/>, read the outputs; inputs keep their values between steps.</remarks>
public sealed unsafe class OrtStepper : IDisposable
{
    private readonly OrtProgram _program;
    private readonly OrtStepLayout _layout;
    private readonly OrtBatch _batch;
    private readonly int[] _outputState;     // [output port] index of the state it is, or -1
    private int _turn;                       // the binding of the next step: 0 reads front, 1 reads back
    private bool _disposed;

    internal OrtStepper(OrtProgram program, int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (batch > 1 && !program.IsBatched) OrtThrow.FixedBatch(program.Session.ModelName, batch, program.Layout.OneLaneReason);
        _program = program;
        _layout = program.Layout;
        _batch = new OrtBatch(program.Session, _layout, batch, alternate: true);
        _outputState = [.. _layout.Outputs.Select(output => _layout.StateOutputs.IndexOf(output))];
        ResetState();
    }

    /// <summary>Streams stepped together.</summary>
    public int Batch => _batch.Lanes;

    /// <summary>Index of an input in the program's signature.</summary>
    /// <exception cref="OrtException">The step has no such input.</exception>
    public int InputPort(string name) => PortOf(name, "step input", [.. _layout.Inputs.Select(static port => port.Name)]);

    /// <summary>Index of an output in the program's signature.</summary>
    /// <exception cref="OrtException">The step has no such output.</exception>
    public int OutputPort(string name) => PortOf(name, "step output", [.. _layout.Outputs.Select(static port => port.Name)]);

    /// <summary>An input's whole tensor, row-major with its batch dimension; the address never changes.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> does not fit the element type.</exception>
    [HotPath]
    public Span<T> Input<T>(int port) where T : unmanaged => Elements<T>(_layout.Inputs[port], _batch.Inputs[port]);

    /// <summary>An output's whole tensor after a step, valid until the next step.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> does not fit the element type.</exception>
    [HotPath]
    public ReadOnlySpan<T> Output<T>(int port) where T : unmanaged
    {
        int state = _outputState[port];
        return Elements<T>(_layout.Outputs[port], state < 0 ? _batch.Outputs[port] : Current[state]);
    }

    /// <summary>The state tensor that the next step reads. It may be written; the address changes from step to step.</summary>
    /// <param name="state">Index into <see cref="OrtStepModel.States"/>.</param>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> does not fit the element type.</exception>
    public Span<T> State<T>(int state) where T : unmanaged => Elements<T>(_layout.StateInputs[state], Current[state]);

    /// <summary>Advances every stream of the batch by one step. On failure the states stay as they were.</summary>
    /// <exception cref="OrtException">The run failed, for example because an index is out of range.</exception>
    [HotPath]
    public void Step()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _batch.Run(_turn);
        _turn ^= 1;
    }

    /// <summary>Puts every stream of the batch into the model's initial state.</summary>
    public void ResetState()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (int state = 0; state < _layout.StateInputs.Length; state++)
        {
            OrtLanePort port = _layout.StateInputs[state];
            State<byte>(state).Clear();
            if (_program.Model.States[state].Initial is not { } initial) continue;
            fixed (byte* lane = initial.Bytes)
            {
                for (int index = 0; index < Batch; index++) port.Gather(lane, Current[state], index, Batch);
            }
        }
    }

    /// <summary>Frees the buffers; spans obtained before must not be used any more.</summary>
    public void Dispose()
    {
        _disposed = true;
        _batch.Dispose();
    }

    /// <summary>[state] buffers that the next step reads.</summary>
    private byte*[] Current => _turn == 0 ? _batch.Front : _batch.Back;

    private Span<T> Elements<T>(OrtLanePort port, byte* start) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (sizeof(T) != port.Type.ByteSize() && sizeof(T) != 1) ThrowElementSize(port, typeof(T));
        return MemoryMarshal.Cast<byte, T>(new Span<byte>(start, checked((int)port.BytesFor(Batch))));
    }

    private static void ThrowElementSize(OrtLanePort port, Type type)
        => throw new InvalidOperationException($"Tensor {port} cannot be used as {type.Name}: its elements have {port.Type.ByteSize()} bytes.");

    private int PortOf(string name, string kind, string[] names)
    {
        int port = Array.IndexOf(names, name);
        if (port < 0) OrtThrow.UnknownName(_program.Session.ModelName, kind, name, names);
        return port;
    }
}
