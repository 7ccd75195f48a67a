using System.Diagnostics;
using System.Globalization;
using SeqStream.Cells;
using SeqStream.Hosting.Benchmarking;

namespace SeqStream.Benchmarks;

/// <summary>
/// How long single steps of LSTM (40,64) take, one by one, in the managed engine and through the C interface, and how often the collector ran: <c>realtime STEPS [NATIVE [PEER.cpp]]</c>.
/// NATIVE is a folder of <c>tools/build-native</c>; PEER.cpp is a hand-written kernel that prints its own distribution where <c>DIST</c> is set; both are compiled by gcc.
/// Every time holds two looks at the clock, some 40 ns.
/// </summary>
internal static class RealTime
{
    private const int Inputs = 40;
    private const int Hidden = 64;
    private const int Bins = 1 << 20;

    public static void Run(int steps, string? native, string? peer)
    {
        byte[] file = CellModelFile.Of(CellKind.Lstm, Inputs, Hidden);
        Console.WriteLine(Managed(file, steps));
        string folder = Directory.CreateTempSubdirectory("seqstream-realtime-").FullName;
        if (native is not null) Console.WriteLine($"C interface  {Native(file, steps, Path.GetFullPath(native), folder)}");
        if (peer is not null) Console.WriteLine($"C++ peer\n{Peer(peer, folder)}");
        Directory.Delete(folder, recursive: true);
    }

    private static string Managed(byte[] file, int steps)
    {
        using LiveModel model = LiveModel.Parse(file);
        using StreamSession session = model.CreateSession();
        float[] features = new float[session.Signature.Inputs[0].ElementCount], answers = new float[session.Signature.Outputs[0].ElementCount];
        int[] bins = new int[Bins]; // [ns]
        double nanoseconds = 1e9 / Stopwatch.Frequency;
        Measure(session, features, answers, bins, Math.Min(steps, 100_000), nanoseconds);
        Array.Clear(bins);
        GC.Collect();
        int collections = GC.CollectionCount(0);
        long allocated = GC.GetAllocatedBytesForCurrentThread(), longest = Measure(session, features, answers, bins, steps, nanoseconds);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return string.Create(CultureInfo.InvariantCulture,
            $"managed      steps {steps} p50 {At(bins, steps, 0.5)} p99 {At(bins, steps, 0.99)} p99.99 {At(bins, steps, 0.9999)} max {longest} collections {GC.CollectionCount(0) - collections} allocated {allocated}");
    }

    private static long Measure(StreamSession session, float[] features, float[] answers, int[] bins, int steps, double nanoseconds)
    {
        long longest = 0;
        for (int i = 0; i < steps; i++)
        {
            for (int k = 0; k < features.Length; k += 8) features[k] = (i + k) % 17 / 17f;
            long start = Stopwatch.GetTimestamp();
            session.Step(features, answers);
            long took = (long)((Stopwatch.GetTimestamp() - start) * nanoseconds);
            longest = Math.Max(longest, took);
            bins[Math.Min(took, Bins - 1)]++;
        }
        return longest;
    }

    private static int At(int[] bins, int steps, double share)
    {
        long seen = 0;
        for (int ns = 0; ns < bins.Length; ns++)
        {
            seen += bins[ns];
            if (seen >= share * steps) return ns;
        }
        return bins.Length;
    }

    private static string Native(byte[] file, int steps, string native, string folder)
    {
        string model = Path.Combine(folder, "lstm.onnx"), program = Path.Combine(folder, "realtime"), source = Path.Combine("tests", "SeqStream.Benchmarks", "native", "realtime.c");
        File.WriteAllBytes(model, file);
        Call("gcc", "-O2", "-std=gnu99", "-Wall", $"-I{native}/include", source, "-o", program, $"-L{native}/lib", "-lseqstream", $"-Wl,-rpath,{native}/lib");
        return Call(program, model, steps.ToString(CultureInfo.InvariantCulture)).Trim();
    }

    private static string Peer(string peer, string folder)
    {
        string program = Path.Combine(folder, "peer");
        Call("g++", "-O3", "-march=native", "-std=c++17", peer, "-o", program);
        return string.Join('\n', Call("/usr/bin/env", "DIST=1", "REPS=3", program, "b1").Split('\n').Where(static line => line.Contains("LSTM,40,64", StringComparison.Ordinal)));
    }

    private static string Call(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"'{program}' ended with {process.ExitCode}.");
    }
}
