using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using SeqStream.Audio.Alsa;
using SeqStream.Hosting.Catalog;
using SeqStream.Kernels;
using SeqStream.Ort;

namespace SeqStream.Hosting.Diagnosis;

/// <summary>What this machine offers to SeqStream.</summary>
public static class MachineDiagnosis
{
    /// <summary>Looks at everything, which loads ONNX Runtime if it is there.</summary>
    public static IReadOnlyList<Finding> Run() =>
    [
        new("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}"),
        new("cores", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)),
        new("runtime", RuntimeInformation.FrameworkDescription),
        new("instructions", Instructions()),
        new("vectors", string.Create(CultureInfo.InvariantCulture, $"Vector<float> has {Vector<float>.Count} numbers")),
        Kernels(),
        new("kernels available", string.Join(", ", KernelChoice.Available.Select(static choice => choice.InstructionSet))),
        OnnxRuntime(),
        new("sound devices", SoundDevices()),
        Models(),
    ];

    private static string SoundDevices()
    {
        if (!AlsaDevices.IsAvailable) return "none: libasound.so.2 is absent (Debian: libasound2); sound comes from pipes, files and commands";
        string[] names = [.. AlsaDevices.List().Select(static device => device.Name)];
        return names.Length > 0 ? string.Join(", ", names) : "none; sound comes from pipes, files and commands";
    }

    private static string Instructions()
    {
        List<string> found = [];
        void Add(string name, bool isThere)
        {
            if (isThere) found.Add(name);
        }
        Add("SSE4.2", Sse42.IsSupported);
        Add("AVX2", Avx2.IsSupported);
        Add("FMA", Fma.IsSupported);
        Add("AVX-512F", Avx512F.IsSupported);
        Add("AVX-512VL", Avx512F.VL.IsSupported);
        Add("AdvSimd", AdvSimd.IsSupported);
        Add("512-bit accelerated", Vector512.IsHardwareAccelerated);
        Add("256-bit accelerated", Vector256.IsHardwareAccelerated);
        Add("128-bit accelerated", Vector128.IsHardwareAccelerated);
        return found.Count > 0 ? string.Join(", ", found) : "none";
    }

    private static Finding Kernels()
    {
        try
        {
            return new Finding("kernels", $"{KernelChoice.Best.InstructionSet}: {KernelChoice.Best.Reason}");
        }
        catch (Exception problem) when (problem is ArgumentException or PlatformNotSupportedException)
        {
            return new Finding("kernels", "none", problem.Message);
        }
    }

    private static Finding OnnxRuntime()
    {
        OrtLibraryFinding finding = OrtLibrary.Find();
        return finding.Library is not null
            ? new Finding("onnxruntime", $"{finding.Library}, providers {string.Join(", ", finding.Library.Providers)}")
            : new Finding("onnxruntime", "not found", $"It is needed for --executor onnxruntime only. Run tools/get-onnxruntime, or name a library in {OrtLibrary.PathVariable}.");
    }

    private static Finding Models()
    {
        ModelCatalog catalog = ModelCatalog.Find();
        return catalog.Folders.Length > 0
            ? new Finding("models", $"{string.Join(", ", catalog.Names())} in {string.Join(", ", catalog.Folders)}")
            : new Finding("models", "no folder found", $"Name their folder in {ModelCatalog.FolderVariable}.");
    }
}
