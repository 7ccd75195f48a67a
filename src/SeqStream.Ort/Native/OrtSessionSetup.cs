namespace SeqStream.Ort.Native;

/// <summary>Turns <see cref="OrtSessionOptions"/> into a native options object.</summary>
internal static unsafe class OrtSessionSetup
{
    private const string Doing = "Setting session options";
    private const string Cpu = "CPUExecutionProvider";
    private const string Cuda = "CUDAExecutionProvider";
    private const string Suffix = "ExecutionProvider";

    public static OrtHandle Create(OrtLibrary library, OrtSessionOptions options)
    {
        OrtApi api = library.Api;
        nint native;
        library.Check(api.CreateSessionOptions(&native), Doing);
        OrtHandle handle = new(native, api.ReleaseSessionOptions);
        library.Check(api.SetIntraOpNumThreads(native, options.IntraOpThreads), Doing);
        library.Check(api.SetInterOpNumThreads(native, options.InterOpThreads), Doing);
        library.Check(api.SetSessionGraphOptimizationLevel(native, (int)options.Optimization), Doing);
        using OrtText text = new();
        foreach ((string key, string value) in options.Settings) library.Check(api.AddSessionConfigEntry(native, text.Of(key), text.Of(value)), $"Setting '{key}' = '{value}'");
        foreach (OrtProvider provider in options.Providers) Append(library, native, provider);
        return handle;
    }

    private static void Append(OrtLibrary library, nint native, OrtProvider provider)
    {
        if (!library.Providers.Contains(provider.Name, StringComparer.OrdinalIgnoreCase)) OrtThrow.NoProvider(provider.Name, library);
        if (provider.Name.Equals(Cpu, StringComparison.OrdinalIgnoreCase)) return;
        if (provider.Name.Equals(Cuda, StringComparison.OrdinalIgnoreCase)) AppendCuda(library, native, provider);
        else AppendByName(library, native, provider);
    }

    private static void AppendCuda(OrtLibrary library, nint native, OrtProvider provider)
    {
        nint cuda;
        library.CheckProvider(library.Api.CreateCudaProviderOptions(&cuda), provider);
        using OrtHandle handle = new(cuda, library.Api.ReleaseCudaProviderOptions);
        using OrtText text = new();
        library.CheckProvider(library.Api.UpdateCudaProviderOptions(cuda, text.Of([.. provider.Options.Keys]), text.Of([.. provider.Options.Values]), (nuint)provider.Options.Count), provider);
        library.CheckProvider(library.Api.AppendCudaProvider(native, cuda), provider);
    }

    /// <summary>ONNX Runtime knows the others by their names without the suffix, two of them in another mixture of cases.</summary>
    private static void AppendByName(OrtLibrary library, nint native, OrtProvider provider)
    {
        string listed = provider.Name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) ? provider.Name[..^Suffix.Length] : provider.Name;
        string name = listed.ToUpperInvariant() switch
        {
            "WEBGPU" => "WebGPU",
            "XNNPACK" => "XNNPACK",
            _ => listed,
        };
        using OrtText text = new();
        library.CheckProvider(
            library.Api.AppendProvider(native, text.Of(name), text.Of([.. provider.Options.Keys]), text.Of([.. provider.Options.Values]), (nuint)provider.Options.Count), provider);
    }
}
