using System.Diagnostics;
using System.Globalization;
using SeqStream.Cells;
using SeqStream.Contracts;
using SeqStream.Decoding;
using SeqStream.Execution;
using SeqStream.FrontEnds;
using SeqStream.Hosting.Benchmarking;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Pipeline;
using SeqStream.Pipeline.Checkpoints;

namespace SeqStream.Benchmarks;

/// <summary>What keeping many streams costs: a checkpoint of all of them, a restart, their memory asleep. A GRU of 64 units, one shard.</summary>
internal static class CheckpointCost
{
    private const int Streams = 10_000, Rounds = 7, Input = 6, Hidden = 64;
    private const string Route = "r";

    public static void Run()
    {
        string folder = Directory.CreateTempSubdirectory("seqstream-bench-").FullName;
        try
        {
            Console.WriteLine($"{Streams} streams of a GRU with {Hidden} units");
            Keep(folder);
            WakeAll(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>All streams step once in each round; the checkpoint's time is that from its making to the end of the transaction.</summary>
    private static void Keep(string folder)
    {
        TimedStore store = new(folder);
        double[] checkpoint = new double[Rounds], commit = new double[Rounds];
        StreamEngine engine = Start(store, TimeSpan.FromHours(1), streams => Math.Max(1, streams));
        Task reading = ReadAsync(engine);
        for (int round = 0; round < Rounds; round++)
        {
            Feed(engine, Streams - 1);
            while (engine.Counters.Steps < (round * (long)Streams) + Streams - 1) Thread.Sleep(1);
            int before = store.Commits;
            long start = Stopwatch.GetTimestamp();
            Feed(engine, 1, Streams - 1, receipt: 1);   // the one frame with a receipt makes the checkpoint due
            while (store.Commits == before) Thread.SpinWait(100);
            (checkpoint[round], commit[round]) = (Stopwatch.GetElapsedTime(start).TotalMilliseconds, store.LastMilliseconds);
        }
        engine.Frames.Complete();
        reading.GetAwaiter().GetResult();
        engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        store.Dispose();
        Print("checkpoint of all, from the due frame to the end of the commit", checkpoint, "ms");
        Print("  of it the transaction", commit, "ms");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"file: {new FileInfo(Path.Combine(folder, SqliteCheckpointStore.FileName)).Length / (double)Streams:0} bytes a stream"));
    }

    /// <summary>A new process would open the store, start the engine, and bring each stream back with its next frame.</summary>
    private static void WakeAll(string folder)
    {
        long start = Stopwatch.GetTimestamp();
        TimedStore store = new(folder);
        StreamEngine engine = Start(store, TimeSpan.FromHours(1), static _ => 1 << 20);
        Task reading = ReadAsync(engine);
        double ready = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Feed(engine, Streams);
        while (engine.Counters.Steps < Streams) Thread.Sleep(1);
        double all = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (engine.Counters.Wakes != Streams) throw new InvalidOperationException($"{engine.Counters.Wakes} streams woke; expected {Streams}.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"restart: ready after {ready:0} ms, all {Streams} streams awake and stepped after {all:0} ms"));
        engine.Frames.Complete();
        reading.GetAwaiter().GetResult();
        engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        store.Dispose();
    }

    private static StreamEngine Start(ICheckpointStore store, TimeSpan interval, Func<int, int> mostReceipts)
    {
        LoweringResult lowering = OnnxLowering.Lower(OnnxModel.Parse(CellModelFile.Of(CellKind.Gru, Input, Hidden), "cell"));
        StageFactory stages = new(NativeProgram.Bind(lowering.PlanOrThrow()), static () => throw new InvalidOperationException(), static () => throw new InvalidOperationException());
        stages = stages with { CreateFrontEnd = FrontEndCatalog.Create("vector", default, stages.Signature), CreateDecoder = DecoderCatalog.Create("vector", default, [], stages.Signature) };
        return new StreamEngine(stages, new EngineOptions { ExpectedStreams = Streams, Durability = new DurabilityOptions(store, Route) { Interval = interval, MostReceipts = mostReceipts(1) } });
    }

    private static void Feed(StreamEngine engine, int count, int from = 0, long receipt = 0)
    {
        for (int stream = from; stream < from + count; stream++)
        {
            FramePayload payload = engine.Pools.Payloads.Rent();
            payload.BeginSegment(0, isInteger: false);
            for (int i = 0; i < Input; i++) payload.Add([stream % 7]);
            Frame frame = new() { Stream = engine.Streams.Intern(string.Create(CultureInfo.InvariantCulture, $"stream-{stream}")), Time = double.NaN, Receipt = receipt, Payload = payload };
            if (!engine.Frames.TryWrite(frame)) engine.Frames.WriteAsync(frame).AsTask().GetAwaiter().GetResult();
        }
    }

    private static async Task ReadAsync(StreamEngine engine)
    {
        await foreach (Emission emission in engine.Emissions.ReadAllAsync().ConfigureAwait(false))
        {
            if (emission.Kind == EmissionKind.Barrier) emission.Barrier!.Reached();
            engine.Pools.Emissions.Return(emission);
        }
    }

    private static void Print(string what, double[] values, string unit)
        => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: median {values.Order().ElementAt(values.Length / 2):0.0} {unit}, most {values.Max():0.0} {unit} of {values.Length}"));

    /// <summary>Times the transactions of the real store.</summary>
    private sealed class TimedStore(string folder) : ICheckpointStore
    {
        private readonly SqliteCheckpointStore _inner = new(folder);
        private int _commits;

        public int Commits => Volatile.Read(ref _commits);

        public double LastMilliseconds { get; private set; }

        public void Commit(IReadOnlyList<Checkpoint> checkpoints, IReadOnlyList<SourceItem> items)
        {
            long start = Stopwatch.GetTimestamp();
            _inner.Commit(checkpoints, items);
            LastMilliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            Interlocked.Increment(ref _commits);
        }

        public bool TryRead(string route, ReadOnlySpan<byte> name, State.StateWriter record) => _inner.TryRead(route, name, record);

        public IReadOnlyList<byte[]> Streams(string route) => _inner.Streams(route);

        public IReadOnlyList<byte[]> BusyStreams(string route) => _inner.BusyStreams(route);

        public IReadOnlyList<SourceItem> Items(string route) => _inner.Items(route);

        public IReadOnlyList<string> Routes() => _inner.Routes();

        public void Dispose() => _inner.Dispose();
    }
}
