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
    private readonly OrtBinding[] _bindings;

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
    public void Run(int binding) => _bindings[binding].Run();

    public void Dispose()
    {
        foreach (OrtBinding binding in _bindings) binding.Dispose();
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

    private OrtBinding Bind(OrtStepLayout layout, byte*[] from, byte*[] to)
    {
        OrtBinding binding = new(_session);
        for (int i = 0; i < layout.Inputs.Length; i++) BindInput(binding, layout.Inputs[i], Inputs[i]);
        for (int i = 0; i < layout.StateInputs.Length; i++) BindInput(binding, layout.StateInputs[i], from[i]);
        for (int i = 0; i < layout.StateOutputs.Length; i++) BindOutput(binding, layout.StateOutputs[i], to[i]);
        for (int i = 0; i < layout.Outputs.Length; i++)
        {
            if (!layout.StateOutputs.Contains(layout.Outputs[i])) BindOutput(binding, layout.Outputs[i], Outputs[i]);
        }
        for (int i = 0; i < layout.Constants.Length; i++)
        {
            OrtTensor tensor = layout.Constants[i];
            binding.HostInput(tensor.Name, (int)tensor.Type, tensor.Dimensions.AsSpan(), Constants[i], tensor.Bytes.Length);
        }
        return binding;
    }

    private void BindInput(OrtBinding binding, OrtLanePort port, byte* start) => binding.HostInput(port.Name, (int)port.Type, port.DimensionsFor(Lanes).AsSpan(), start, port.BytesFor(Lanes));

    private void BindOutput(OrtBinding binding, OrtLanePort port, byte* start) => binding.HostOutput(port.Name, (int)port.Type, port.DimensionsFor(Lanes).AsSpan(), start, port.BytesFor(Lanes));
}
