using SeqStream.Cells;
using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;

namespace SeqStream.Hosting.Benchmarking;

/// <summary>Times steps of cells and models, and of ONNX Runtime beside them in the same interleaved rounds on the same model.</summary>
public sealed class StepBench
{
    private static readonly (int Input, int Hidden)[] s_sizes = [(1, 16), (8, 32), (40, 64), (64, 128), (128, 256), (256, 512)];

    /// <summary>Lanes of a step; several for a row each.</summary>
    public IReadOnlyList<int> Batches { get; init; } = [1];

    /// <summary>Live streams that the batches move through; 0 for as many as the batch.</summary>
    public int Streams { get; init; }

    /// <summary>Interleaved rounds.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>ONNX Runtime as the peer; null for none.</summary>
    public OrtLibrary? Peer { get; init; }

    /// <summary>Told what is being timed.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>LSTM and GRU at the standard sizes.</summary>
    public IEnumerable<BenchRow> RunCells()
    {
        double peak = FmaPeak.Measure();
        foreach (CellKind kind in new[] { CellKind.Lstm, CellKind.Gru })
        {
            foreach ((int input, int hidden) in s_sizes)
            {
                byte[] file = CellModelFile.Of(kind, input, hidden);
                string name = kind == CellKind.Lstm ? "LSTM" : "GRU";
                LoweringResult lowering = OnnxLowering.Lower(OnnxModel.Parse(file, name));
                foreach (BenchRow row in Run(NativeProgram.Bind(lowering.PlanOrThrow()), name, hidden, lowering, peak, () => OrtSession.Load(Peer!, file, name, null))) yield return row;
            }
        }
    }

    /// <summary>One model.</summary>
    /// <param name="executors">Its executors.</param>
    /// <param name="name">Its name.</param>
    /// <param name="lowering">What is known of its file.</param>
    /// <param name="path">Its file, for the peer.</param>
    /// <exception cref="OrtException">The peer cannot step the model.</exception>
    public IEnumerable<BenchRow> RunModel(IExecutorFactory executors, string name, LoweringResult lowering, string path)
        => Run(executors, name, hidden: 0, lowering, FmaPeak.Measure(), () => OrtSession.Load(Peer!, path));

    private IEnumerable<BenchRow> Run(IExecutorFactory executors, string name, int hidden, LoweringResult lowering, double peak, Func<OrtSession> loadPeer)
    {
        using OrtProgram? peer = Peer is null ? null : new OrtProgram(loadPeer(), PeerModelOf(lowering));
        long operations = lowering.Plan?.Operations ?? 0;
        int input = executors.Signature.Inputs.Sum(static port => port.ElementCount);
        foreach (int batch in Batches)
        {
            Progress?.Invoke(FormattableString.Invariant($"{name} ({input}{(hidden > 0 ? $",{hidden}" : "")}) batch {batch}"));
            StepTimer timer = new() { Rounds = Rounds };
            using IDisposable driver = AddDriver(timer, name, executors, batch);
            List<StepDriverOfPeer> peers = PeersOf(peer, batch);
            foreach (StepDriverOfPeer one in peers) timer.Add("onnxruntime", one.Run);
            IReadOnlyList<StepTiming> timings = timer.Measure();
            double ns = timings[0].MedianNs / batch;
            double peerNs = peers.Select((one, i) => timings[i + 1].MedianNs / one.Batch).DefaultIfEmpty(double.NaN).Min();
            foreach (StepDriverOfPeer one in peers) one.Dispose();
            yield return new BenchRow(name, input, hidden, batch, ns, peerNs, timings[0].BytesAllocated, peak > 0 ? operations / ns / peak : double.NaN, executors.Signature.Layout.RowBytes);
        }
    }

    /// <summary>One stream is stepped as a session, several through the executor contract.</summary>
    private IDisposable AddDriver(StepTimer timer, string name, IExecutorFactory executors, int batch)
    {
        if (batch == 1 && Streams <= 1 && SessionDriver.Fits(executors.Signature))
        {
            SessionDriver session = new(executors);
            timer.Add(name, session.Run);
            return session;
        }
        StepDriver driver = new(executors, batch, Math.Max(batch, Streams / batch * batch));
        timer.Add(name, driver.Run);
        return driver;
    }

    private static OrtStepModel PeerModelOf(LoweringResult lowering) => new() { States = [.. lowering.States.Select(static pair => new OrtStatePair(pair.Input, pair.Output))] };

    /// <summary>The peer at the same batch, and at other batches up to 128 if many lanes are timed, so that its best counts.</summary>
    private static List<StepDriverOfPeer> PeersOf(OrtProgram? peer, int batch)
    {
        if (peer is null) return [];
        int[] batches = batch < 32 ? [batch] : [32, 64, 128];
        return [.. batches.Append(batch).Distinct().Select(size => new StepDriverOfPeer(peer, size))];
    }
}
