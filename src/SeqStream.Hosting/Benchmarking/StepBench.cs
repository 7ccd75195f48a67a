using SeqStream.Cells;
using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Hosting.Catalog;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;
using SeqStream.Plan;
using SeqStream.Weights;

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

    /// <summary>Weight forms of cells to time beside float32 in the same rounds; none by default.</summary>
    public IReadOnlyList<WeightForm> Forms { get; init; } = [];

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
                StepPlan plan = lowering.PlanOrThrow();
                (WeightForm, IExecutorFactory)[] variants = [(WeightForm.Float32, NativeProgram.Bind(plan)), .. Forms.Select(form => (form, (IExecutorFactory)NativeProgram.Bind(plan.WithWeights(form))))];
                foreach (BenchRow row in Run(variants, name, hidden, lowering, peak, () => OrtSession.Load(Peer!, file, name, null))) yield return row;
            }
        }
    }

    /// <summary>One model, as it is or in several weight forms.</summary>
    /// <param name="variants">Its executors: one, or that of float32 and then those of the forms to compare.</param>
    /// <param name="name">Its name.</param>
    /// <param name="lowering">What is known of its file.</param>
    /// <param name="path">Its file, for the peer.</param>
    /// <exception cref="OrtException">The peer cannot step the model.</exception>
    public IEnumerable<BenchRow> RunModel(IReadOnlyList<(WeightForm Form, IExecutorFactory Executors)> variants, string name, LoweringResult lowering, string path)
        => Run(variants, name, hidden: 0, lowering, FmaPeak.Measure(), () => OrtSession.Load(Peer!, path));

    private IEnumerable<BenchRow> Run(IReadOnlyList<(WeightForm Form, IExecutorFactory Executors)> variants, string name, int hidden, LoweringResult lowering, double peak, Func<OrtSession> loadPeer)
    {
        using OrtProgram? peer = Peer is null ? null : new OrtProgram(loadPeer(), OrtStepModels.Of(lowering));
        long operations = lowering.Plan?.Operations ?? 0;
        IExecutorFactory first = variants[0].Executors;
        int input = first.Signature.Inputs.Sum(static port => port.ElementCount);
        foreach (int batch in Batches)
        {
            Progress?.Invoke(FormattableString.Invariant($"{name} ({input}{(hidden > 0 ? $",{hidden}" : "")}) batch {batch}"));
            StepTimer timer = new() { Rounds = Rounds };
            List<IDisposable> drivers = [.. variants.Select(variant => AddDriver(timer, $"{name} {variant.Form.ShortName()}", variant.Executors, batch))];
            List<StepDriverOfPeer> peers = PeersOf(peer, batch);
            foreach (StepDriverOfPeer one in peers) timer.Add("onnxruntime", one.Run);
            IReadOnlyList<StepTiming> timings = timer.Measure();
            double peerNs = peers.Select((one, i) => timings[i + variants.Count].MedianNs / one.Batch).DefaultIfEmpty(double.NaN).Min();
            foreach (IDisposable one in drivers.Concat(peers)) one.Dispose();
            for (int at = 0; at < variants.Count; at++)
            {
                double ns = timings[at].MedianNs / batch;
                yield return new BenchRow(name, input, hidden, batch, ns, peerNs, timings[at].BytesAllocated, peak > 0 ? operations / ns / peak : double.NaN, first.Signature.Layout.RowBytes)
                {
                    Weights = variants[at].Form.ShortName(),
                    Float32Ns = variants.Count == 1 ? double.NaN : timings[0].MedianNs / batch,
                };
            }
        }
    }

    /// <summary>One stream is stepped as a session, several through the executor contract.</summary>
    private IDisposable AddDriver(StepTimer timer, string name, IExecutorFactory executors, int batch)
    {
        if (batch == 1 && Streams <= 1 && executors.Signature.HasPlainPorts)
        {
            SessionDriver session = new(executors);
            timer.Add(name, session.Run);
            return session;
        }
        StepDriver driver = new(executors, batch, Math.Max(batch, Streams / batch * batch));
        timer.Add(name, driver.Run);
        return driver;
    }

    /// <summary>The peer at the same batch, and at other batches up to 128 if many lanes are timed, so that its best counts.</summary>
    private static List<StepDriverOfPeer> PeersOf(OrtProgram? peer, int batch)
    {
        if (peer is null) return [];
        int[] batches = batch < 32 ? [batch] : [32, 64, 128];
        return [.. batches.Append(batch).Distinct().Select(size => new StepDriverOfPeer(peer, size))];
    }
}
