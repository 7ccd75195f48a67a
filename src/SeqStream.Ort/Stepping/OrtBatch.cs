using System.Collections.Immutable;
using SeqStream.Ort.Native;

namespace SeqStream.Ort.Stepping;

/// <summary>
/// The buffers of one batch size, bound to the model once. There are two sets of state buffers, front and back: a run reads one and writes the
/// other. With <c>alternate</c> a second binding has them swapped, so that a carried state is never copied.
/// </summary>
internal sealed unsafe class OrtBatch : IDisposable
{
    private const int Alignment = 64;
    private readonly OrtSession _session;
    private readonly OrtMemory _memory;
    private readonly OrtHandle[] _bindings;
    private readonly delegate* unmanaged<nint, nint, nint, nint> _run;
    private readonly nint _sessionPointer;
    private readonly nint[] _bindingPointers;

    public OrtBatch(OrtSession session, OrtStepLayout layout, int lanes, bool alternate)
    {
        _session = session;
        Lanes = lanes;
        OrtLanePort[] tensors = [.. layout.Inputs, .. layout.StateInputs, .. layout.StateInputs, .. layout.Outputs];
        nint total = 0;
        foreach (OrtTensor tensor in layout.Constants) total += RoundUp(tensor.Bytes.Length);
        foreach (OrtLanePort port in tensors) total += RoundUp(port.BytesFor(lanes));
        _memory = new OrtMemory(total);
        byte* at = _memory.Start;
        Inputs = Place(layout.Inputs, ref at);
        Front = Place(layout.StateInputs, ref at);
        Back = Place(layout.StateInputs, ref at);
        Outputs = Place(layout.Outputs, ref at);
        Constants = Fill(layout.Constants, ref at);
        _bindings = alternate ? [Bind(layout, Front, Back), Bind(layout, Back, Front)] : [Bind(layout, Front, Back)];
        _bindingPointers = [.. _bindings.Select(static binding => binding.Value)];
        _sessionPointer = session.Handle.Value;
        _run = session.Library.Api.RunWithBinding;
    }

    public int Lanes { get; }

    /// <summary>[port] start of each input's tensor.</summary>
    public byte*[] Inputs { get; }

    /// <summary>[state] read by the first binding, written by the second.</summary>
    public byte*[] Front { get; }

    /// <summary>[state] written by the first binding, read by the second.</summary>
    public byte*[] Back { get; }

    /// <summary>[port] start of each output's tensor; an output that is also a state lies in <see cref="Front"/> or <see cref="Back"/> instead.</summary>
    public byte*[] Outputs { get; }

    private byte*[] Constants { get; }

    /// <summary>Runs the model through binding 0 (front to back) or 1 (back to front).</summary>
    [HotPath]
    public void Run(int binding)
    {
        nint status = _run(_sessionPointer, 0, _bindingPointers[binding]);
        GC.KeepAlive(this);
        if (status != 0) OrtThrow.Status(_session.Library, status, $"Stepping model '{_session.ModelName}'");
    }

    public void Dispose()
    {
        foreach (OrtHandle binding in _bindings) binding.Dispose();
        _memory.Dispose();
    }

    private static nint RoundUp(nint bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private byte*[] Place(ImmutableArray<OrtLanePort> ports, ref byte* at)
    {
        byte*[] starts = new byte*[ports.Length];
        for (int index = 0; index < ports.Length; index++)
        {
            starts[index] = at;
            at += RoundUp(ports[index].BytesFor(Lanes));
        }
        return starts;
    }

    private static byte*[] Fill(ImmutableArray<OrtTensor> constants, ref byte* at)
    {
        byte*[] starts = new byte*[constants.Length];
        for (int index = 0; index < constants.Length; index++)
        {
            byte[] bytes = constants[index].Bytes;
            bytes.CopyTo(new Span<byte>(at, bytes.Length));
            starts[index] = at;
            at += RoundUp(bytes.Length);
        }
        return starts;
    }

    private OrtHandle Bind(OrtStepLayout layout, byte*[] from, byte*[] to)
    {
        OrtApi api = _session.Library.Api;
        nint native;
        _session.Library.Check(api.CreateIoBinding(_session.Handle.Value, &native), $"Binding model '{_session.ModelName}'");
        OrtHandle binding = new(native, api.ReleaseIoBinding, _session.Handle);
        for (int i = 0; i < layout.Inputs.Length; i++) BindPort(native, api.BindInput, layout.Inputs[i], Inputs[i]);
        for (int i = 0; i < layout.StateInputs.Length; i++) BindPort(native, api.BindInput, layout.StateInputs[i], from[i]);
        for (int i = 0; i < layout.StateOutputs.Length; i++) BindPort(native, api.BindOutput, layout.StateOutputs[i], to[i]);
        for (int i = 0; i < layout.Outputs.Length; i++)
        {
            if (!layout.StateOutputs.Contains(layout.Outputs[i])) BindPort(native, api.BindOutput, layout.Outputs[i], Outputs[i]);
        }
        for (int i = 0; i < layout.Constants.Length; i++)
        {
            OrtTensor tensor = layout.Constants[i];
            Bind(native, api.BindInput, tensor.Name, (int)tensor.Type, tensor.Dimensions, Constants[i], tensor.Bytes.Length);
        }
        return binding;
    }

    private void BindPort(nint binding, delegate* unmanaged<nint, byte*, nint, nint> bind, OrtLanePort port, byte* start)
        => Bind(binding, bind, port.Name, (int)port.Type, port.DimensionsFor(Lanes), start, port.BytesFor(Lanes));

    private void Bind(nint binding, delegate* unmanaged<nint, byte*, nint, nint> bind, string name, int type, ImmutableArray<long> dimensions, byte* start, nint bytes)
    {
        string doing = $"Binding '{name}' of model '{_session.ModelName}'";
        OrtApi api = _session.Library.Api;
        nint native;
        fixed (long* shape = dimensions.AsSpan())
        {
            _session.Library.Check(api.CreateTensorWithDataAsOrtValue(_session.Library.HostMemory, start, (nuint)bytes, shape, (nuint)dimensions.Length, type, &native), doing);
        }
        // The binding keeps its own reference to the value; the value only points at our buffer.
        using OrtHandle value = new(native, api.ReleaseValue);
        using OrtText text = new();
        _session.Library.Check(bind(binding, text.Of(name), native), doing);
    }
}
