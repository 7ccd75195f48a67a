using SeqStream.Ort.Native;

namespace SeqStream.Ort.Stepping;

/// <summary>
/// One set of tensors bound to a model once and run many times. Where a provider beside the processor runs the model, ONNX Runtime copies an input to its device at the
/// moment of binding, so inputs in host memory are bound again before each run.
/// </summary>
internal sealed unsafe class OrtBinding : IDisposable
{
    private readonly OrtSession _session;
    private readonly OrtHandle _binding;
    private readonly OrtText _names = new();
    private readonly List<OrtHandle> _values = [];
    private readonly delegate* unmanaged<nint, nint, nint, nint> _run;
    private readonly delegate* unmanaged<nint, byte*, nint, nint> _bindInput;
    private readonly nint _native;
    private (nint Name, nint Value)[] _again = [];

    /// <summary>Creates a binding of nothing.</summary>
    public OrtBinding(OrtSession session)
    {
        _session = session;
        OrtApi api = session.Library.Api;
        nint native;
        session.Library.Check(api.CreateIoBinding(session.Handle.Value, &native), $"Binding model '{session.ModelName}'");
        _native = native;
        _binding = new OrtHandle(native, api.ReleaseIoBinding, session.Handle);
        _run = api.RunWithBinding;
        _bindInput = api.BindInput;
    }

    /// <summary>Binds an input to host memory that is written before each run.</summary>
    public void HostInput(string name, int type, ReadOnlySpan<long> dimensions, byte* start, nint bytes)
    {
        nint value = Value(name, type, dimensions, start, bytes);
        byte* text = _names.Of(name);
        Check(_bindInput(_native, text, value), name);
        if (_session.Provider.Length > 0) _again = [.. _again, ((nint)text, value)];
    }

    /// <summary>Binds an output to host memory that is read after each run.</summary>
    public void HostOutput(string name, int type, ReadOnlySpan<long> dimensions, byte* start, nint bytes) => Output(name, Value(name, type, dimensions, start, bytes));

    /// <summary>Binds an input to a tensor of somebody else, who keeps it.</summary>
    public void Input(string name, nint value) => Check(_bindInput(_native, _names.Of(name), value), name);

    /// <summary>Binds an output to a tensor of somebody else, who keeps it.</summary>
    public void Output(string name, nint value) => Check(_session.Library.Api.BindOutput(_native, _names.Of(name), value), name);

    /// <summary>Runs the model.</summary>
    /// <exception cref="OrtException">The run failed.</exception>
    [HotPath]
    public void Run()
    {
        nint status = 0;
        foreach ((nint name, nint value) in _again)
        {
            status = _bindInput(_native, (byte*)name, value);
            if (status != 0) break;
        }
        if (status == 0) status = _run(_session.Handle.Value, 0, _native);
        GC.KeepAlive(this);
        if (status != 0) OrtThrow.Status(_session.Library, status, $"Stepping model '{_session.ModelName}'");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        foreach (OrtHandle value in _values) value.Dispose();
        _names.Dispose();
    }

    private nint Value(string name, int type, ReadOnlySpan<long> dimensions, byte* start, nint bytes)
    {
        OrtLibrary library = _session.Library;
        nint native;
        fixed (long* shape = dimensions) Check(library.Api.CreateTensorWithDataAsOrtValue(library.HostMemory, start, (nuint)bytes, shape, (nuint)dimensions.Length, type, &native), name);
        _values.Add(new OrtHandle(native, library.Api.ReleaseValue));
        return native;
    }

    private void Check(nint status, string name)
    {
        if (status != 0) OrtThrow.Status(_session.Library, status, $"Binding '{name}' of model '{_session.ModelName}'");
    }
}
