using SeqStream.Ort.Native;

namespace SeqStream.Ort.Stepping;

/// <summary>Makes tensors in the memory of the device that runs a session; in host memory for a provider whose memory has no name that we know.</summary>
internal sealed unsafe class OrtDeviceMemory : IDisposable
{
    private const int ArenaAllocator = 1;
    private readonly OrtSession _session;
    private readonly OrtHandle _place;
    private readonly OrtHandle _allocator;

    public OrtDeviceMemory(OrtSession session)
    {
        _session = session;
        OrtApi api = session.Library.Api;
        string name = NameOf(session.Provider), doing = $"Reaching the memory '{name}' for model '{session.ModelName}'";
        using OrtText text = new();
        nint place, allocator;
        session.Library.Check(api.CreateMemoryInfo(text.Of(name), ArenaAllocator, 0, 0, &place), doing);
        _place = new OrtHandle(place, api.ReleaseMemoryInfo);
        session.Library.Check(api.CreateAllocator(session.Handle.Value, place, &allocator), doing);
        _allocator = new OrtHandle(allocator, api.ReleaseAllocator, session.Handle);
    }

    /// <summary>A tensor whose elements are not set.</summary>
    public OrtHandle Tensor(int type, ReadOnlySpan<long> dimensions)
    {
        nint value;
        fixed (long* shape = dimensions)
        {
            _session.Library.Check(_session.Library.Api.CreateTensorAsOrtValue(_allocator.Value, shape, (nuint)dimensions.Length, type, &value), $"Making room for the states of model '{_session.ModelName}'");
        }
        return new OrtHandle(value, _session.Library.Api.ReleaseValue, _allocator);
    }

    public void Dispose()
    {
        _allocator.Dispose();
        _place.Dispose();
    }

    private static string NameOf(string provider) => provider.ToUpperInvariant() switch
    {
        "CUDAEXECUTIONPROVIDER" or "TENSORRTEXECUTIONPROVIDER" or "NVTENSORRTRTXEXECUTIONPROVIDER" => "Cuda",
        "ROCMEXECUTIONPROVIDER" or "MIGRAPHXEXECUTIONPROVIDER" => "Hip",
        "WEBGPUEXECUTIONPROVIDER" => "WebGPU_Buffer",
        "DMLEXECUTIONPROVIDER" => "DML",
        _ => "Cpu",
    };
}
