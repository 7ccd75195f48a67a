using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using SeqStream.Cells;
using SeqStream.Hosting.Benchmarking;

namespace SeqStream.Benchmarks;

/// <summary>
/// How long single steps of LSTM (40,64) take, one by one, in the managed engine and through the C interface, and how often the collector ran: <c>realtime STEPS [NATIVE [PEER.cpp]]</c>.
/// NATIVE is a folder of <c>tools/build-native</c>; PEER.cpp has the hand-written step that <c>native/peer.cpp</c> takes out of it; it takes turns of 1000 steps with ours in the same
/// thread, as many steps as ours. Both are compiled by gcc. Every time holds two looks at the clock, some 40 ns.
/// </summary>
internal static unsafe class RealTime
{
    private const int Inputs = 40;
    private const int Hidden = 64;
    private const int Turn = 1000; // steps

    public static void Run(int steps, string? native, string? peer)
    {
        byte[] file = CellModelFile.Of(CellKind.Lstm, Inputs, Hidden);
        string folder = Directory.CreateTempSubdirectory("seqstream-realtime-").FullName;
        string? library = peer is null ? null : Library(Path.GetFullPath(peer), folder);
        Managed(file, steps, library);
        if (native is not null) Native(file, steps, Path.GetFullPath(native), library, folder);
        Directory.Delete(folder, recursive: true);
    }

    private static void Managed(byte[] file, int steps, string? library)
    {
        using LiveModel model = LiveModel.Parse(file);
        using StreamSession session = model.CreateSession();
        float[] features = GC.AllocateArray<float>(session.Signature.Inputs[0].ElementCount, pinned: true), answers = GC.AllocateArray<float>(session.Signature.Outputs[0].ElementCount, pinned: true);
        delegate* unmanaged[SuppressGCTransition]<float*, float*, void> peer = null;
        if (library is not null)
        {
            nint handle = NativeLibrary.Load(library);
            ((delegate* unmanaged<void>)NativeLibrary.GetExport(handle, "peer_open"))();
            peer = (delegate* unmanaged[SuppressGCTransition]<float*, float*, void>)NativeLibrary.GetExport(handle, "peer_step");
        }
        Times ours = new(), peers = new();
        Alternate(session, peer, features, answers, Math.Min(steps, 100_000), ours, peers);
        ours.Clear();
        peers.Clear();
        GC.Collect();
        int collections = GC.CollectionCount(0);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Alternate(session, peer, features, answers, steps, ours, peers);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Console.WriteLine($"managed      {ours} collections {GC.CollectionCount(0) - collections} allocated {allocated}");
        if (library is not null) Console.WriteLine($"  its peer   {peers}");
    }

    private static void Alternate(StreamSession session, delegate* unmanaged[SuppressGCTransition]<float*, float*, void> peer, float[] features, float[] answers, int steps, Times ours, Times peers)
    {
        fixed (float* input = features, output = answers)
        {
            for (int turn = 0; turn < steps; turn += Turn)
            {
                for (int i = turn; i < turn + Turn; i++)
                {
                    Vary(features, i);
                    long start = Stopwatch.GetTimestamp();
                    session.Step(features, answers);
                    ours.Add(Stopwatch.GetTimestamp() - start);
                }
                for (int i = turn; i < turn + Turn && peer is not null; i++)
                {
                    Vary(features, i);
                    long start = Stopwatch.GetTimestamp();
                    peer(input, output);
                    peers.Add(Stopwatch.GetTimestamp() - start);
                }
            }
        }
    }

    private static void Vary(float[] features, int step)
    {
        for (int k = 0; k < features.Length; k += 8) features[k] = (step + k) % 17 / 17f;
    }

    private static void Native(byte[] file, int steps, string native, string? peer, string folder)
    {
        string model = Path.Combine(folder, "lstm.onnx"), program = Path.Combine(folder, "realtime");
        File.WriteAllBytes(model, file);
        string[] withPeer = peer is null ? [] : ["-DWITH_PEER", peer, $"-Wl,-rpath,{folder}"];
        Call("gcc", ["-O2", "-std=gnu99", "-Wall", $"-I{native}/include", Source("realtime.c"), "-o", program, $"-L{native}/lib", "-lseqstream", $"-Wl,-rpath,{native}/lib", .. withPeer]);
        string[] lines = Call(program, model, steps.ToString(CultureInfo.InvariantCulture)).Trim().Split('\n');
        Console.WriteLine($"C interface  {lines[0]}");
        if (peer is not null) Console.WriteLine($"  its peer   {lines[1]}");
    }

    private static string Library(string peer, string folder)
    {
        string library = Path.Combine(folder, "libpeer.so");
        Call("g++", "-O3", "-march=native", "-std=c++17", "-shared", "-fPIC", "-Wl,-soname,libpeer.so", $"-DPEER=\"{peer}\"", Source("peer.cpp"), "-o", library);
        return library;
    }

    private static string Source(string name) => Path.Combine("tests", "SeqStream.Benchmarks", "native", name);

    private static string Call(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"'{program}' ended with {process.ExitCode}.");
    }
}
