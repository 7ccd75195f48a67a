using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SeqStream.Ort.Native;

namespace SeqStream.Ort;

/// <summary>
/// A loaded native library of ONNX Runtime, version 1.17 or newer. It stays loaded until the process ends and is shared by all threads.
/// </summary>
public sealed unsafe class OrtLibrary
{
    /// <summary>The environment variable that names the library: a file, or the folder that holds it.</summary>
    public const string PathVariable = "SEQSTREAM_ORT_LIB";

    private const int LogFatalOnly = 4;
    private const int ArenaAllocator = 1;
    private static readonly ConcurrentDictionary<string, Lazy<OrtLibrary>> Loaded = new(StringComparer.Ordinal);

    private OrtLibrary(string path)
    {
        Path = path;
        nint handle = NativeLibrary.Load(path);
        if (!NativeLibrary.TryGetExport(handle, "OrtGetApiBase", out nint getBase)) throw new BadImageFormatException("it does not export OrtGetApiBase, so it is not ONNX Runtime");
        nint* apiBase = ((delegate* unmanaged<nint*>)getBase)();
        Version = OrtText.Read(((delegate* unmanaged<byte*>)apiBase[1])());
        nint* table = ((delegate* unmanaged<uint, nint*>)apiBase[0])(OrtApi.Version);
        if (table is null) throw new BadImageFormatException($"it is version {Version}, expected 1.{OrtApi.Version} or newer");
        Api = new OrtApi(table);
        using OrtText text = new();
        nint environment, memory, allocator;
        this.Check(Api.CreateEnv(LogFatalOnly, text.Of("seqstream"), &environment), "Starting ONNX Runtime");
        this.Check(Api.CreateCpuMemoryInfo(ArenaAllocator, 0, &memory), "Describing host memory");
        this.Check(Api.GetAllocatorWithDefaultOptions(&allocator), "Getting the allocator");
        Environment = environment;
        HostMemory = memory;
        Allocator = allocator;
        Providers = ReadProviders();
    }

    /// <summary>The file, or the name by which the system's loader found it.</summary>
    public string Path { get; }

    /// <summary>The library's version, such as <c>1.30.0</c>.</summary>
    public string Version { get; }

    /// <summary>Names of the execution providers the library knows, such as <c>CPUExecutionProvider</c>. Some need a further library of their own: adding one without it fails.</summary>
    public ImmutableArray<string> Providers { get; }

    internal OrtApi Api { get; }

    internal nint Environment { get; }

    internal nint HostMemory { get; }

    internal nint Allocator { get; }

    /// <summary>
    /// Looks for the library: the given path, else the one <see cref="PathVariable"/> names (either is then the only place tried), else beside
    /// the application, in <c>.native/onnxruntime</c> up to the repository's root, and where the system's loader looks. Does not throw.
    /// </summary>
    /// <param name="path">A library file, or the folder that holds it; null to search.</param>
    public static OrtLibraryFinding Find(string? path = null)
    {
        ImmutableArray<OrtLibraryPlace>.Builder tried = ImmutableArray.CreateBuilder<OrtLibraryPlace>();
        foreach ((string origin, string candidate) in OrtLibrarySearch.Candidates(path, System.Environment.GetEnvironmentVariable(PathVariable), AppContext.BaseDirectory))
        {
            OrtLibrary? library = TryLoad(candidate, out string outcome);
            tried.Add(new OrtLibraryPlace(origin, candidate, outcome));
            if (library is not null) return new OrtLibraryFinding(library, tried.ToImmutable());
        }
        return new OrtLibraryFinding(null, tried.ToImmutable());
    }

    /// <summary>Like <see cref="Find"/>, but without a library there is no answer.</summary>
    /// <exception cref="OrtLibraryNotFoundException">No usable library was found.</exception>
    public static OrtLibrary Load(string? path = null)
    {
        OrtLibraryFinding finding = Find(path);
        return finding.Library ?? throw new OrtLibraryNotFoundException(finding);
    }

    /// <summary><c>ONNX Runtime 1.30.0 at path</c>.</summary>
    public override string ToString() => $"ONNX Runtime {Version} at {Path}";

    private static OrtLibrary? TryLoad(string candidate, out string outcome)
    {
        bool isFile = System.IO.Path.IsPathRooted(candidate);
        if (isFile && !File.Exists(candidate))
        {
            outcome = "absent";
            return null;
        }
        try
        {
            OrtLibrary library = Loaded.GetOrAdd(candidate, static path => new Lazy<OrtLibrary>(() => new OrtLibrary(path))).Value;
            outcome = "loaded";
            return library;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or OrtException)
        {
            outcome = isFile ? LastLine(exception.Message) : "absent";
            return null;
        }
    }

    /// <summary>The runtime's message explains at length; the reason of the system's loader is its last line.</summary>
    private static string LastLine(string message) => message.Trim().Split('\n')[^1].Trim();

    private ImmutableArray<string> ReadProviders()
    {
        byte** names;
        int count;
        this.Check(Api.GetAvailableProviders(&names, &count), "Listing execution providers");
        ImmutableArray<string>.Builder providers = ImmutableArray.CreateBuilder<string>(count);
        for (int index = 0; index < count; index++) providers.Add(OrtText.Read(names[index]));
        this.Check(Api.ReleaseAvailableProviders(names, count), "Listing execution providers");
        return providers.MoveToImmutable();
    }
}
