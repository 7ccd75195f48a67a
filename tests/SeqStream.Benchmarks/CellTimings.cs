using SeqStream.Cells;
using SeqStream.Hosting.Benchmarking;
using SeqStream.Kernels;

namespace SeqStream.Benchmarks;

/// <summary>How long a step of one recurrent layer takes, for one lane and for batches.</summary>
public static class CellTimings
{
    /// <summary>The sizes that peers are compared at.</summary>
    public static readonly (int Input, int Hidden)[] StandardSizes = [(1, 16), (8, 32), (40, 64), (64, 128), (128, 256), (256, 512)];

    /// <summary>Timings per lane and step of each batch size, in the order given.</summary>
    public static IReadOnlyList<StepTiming> Measure(CellKind kind, int input, int hidden, KernelChoice choice, int[] batches, int rounds)
    {
        StepTimer timer = new() { Rounds = rounds };
        List<Driver> drivers = [.. batches.Select(batch => new Driver(RandomLayer(kind, input, hidden, choice), batch))];
        foreach (Driver driver in drivers) timer.Add(driver.Name, driver.Run);
        List<StepTiming> perLane =
        [
            .. timer.Measure().Select((timing, i) => timing with { MinNs = timing.MinNs / batches[i], MedianNs = timing.MedianNs / batches[i] }),
        ];
        foreach (Driver driver in drivers) driver.Dispose();
        return perLane;
    }

    /// <summary>Operations of one lane's step.</summary>
    public static double Operations(CellKind kind, int input, int hidden) => 2.0 * (kind == CellKind.Lstm ? 4 : 3) * hidden * (input + hidden);

    private static RecurrentLayer RandomLayer(CellKind kind, int input, int hidden, KernelChoice choice)
    {
        int gates = kind == CellKind.Lstm ? 4 : 3;
        Random random = new(7);
        float bound = 1 / MathF.Sqrt(hidden);
        float[] Uniform(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle() - 1) * bound)];
        CellWeights weights = new(kind, input, hidden, Uniform(gates * hidden * input), Uniform(gates * hidden * hidden), Uniform(2 * gates * hidden));
        return RecurrentLayer.Pack(weights, new CellOptions { LinearBeforeReset = true }, choice);
    }

    private sealed unsafe class Driver : IDisposable
    {
        private const int Frames = 64;
        private readonly RecurrentLayer _layer;
        private readonly int _batch;
        private readonly AlignedBuffer _x; // [frames, batch, input]
        private readonly AlignedBuffer _rows;
        private readonly AlignedBuffer _pointers;
        private readonly AlignedBuffer _y;
        private readonly AlignedBuffer _scratch;
        private int _frame;

        public Driver(RecurrentLayer layer, int batch)
        {
            _layer = layer;
            _batch = batch;
            nint row = 2 * (nint)layer.HiddenSize * sizeof(float);
            int frames = batch == 1 ? Frames : 4;
            _x = new AlignedBuffer((nint)Frames * batch * layer.InputSize * sizeof(float));
            Random random = new(3);
            for (int i = 0; i < frames * batch * layer.InputSize; i++) _x.Floats[i] = 2 * random.NextSingle() - 1;
            _rows = new AlignedBuffer(batch * row);
            _pointers = new AlignedBuffer(batch * sizeof(byte*));
            for (int m = 0; m < batch; m++) ((byte**)_pointers.Pointer)[m] = _rows.Pointer + m * row;
            _y = new AlignedBuffer((nint)batch * layer.HiddenSize * sizeof(float));
            _scratch = new AlignedBuffer(layer.ScratchBytes(batch));
            layer.Prewarm(batch);
        }

        public string Name => $"{_layer.Kind} ({_layer.InputSize},{_layer.HiddenSize}) x {_batch}";

        public void Run(int iterations)
        {
            int input = _layer.InputSize * sizeof(float), hidden = _layer.HiddenSize * sizeof(float), mask = _batch == 1 ? Frames - 1 : 3;
            RecurrentLayer layer = _layer;
            byte* x = _x.Pointer, y = _batch == 1 ? null : _y.Pointer, scratch = _scratch.Pointer;
            byte** rows = (byte**)_pointers.Pointer;
            int batch = _batch, frame = _frame;
            nint frameBytes = (nint)batch * input;
            for (int i = 0; i < iterations; i++, frame++) layer.Step(x + (frame & mask) * frameBytes, input, batch, rows, 0, hidden, y, hidden, scratch);
            _frame = frame;
        }

        public void Dispose()
        {
            _x.Dispose();
            _rows.Dispose();
            _pointers.Dispose();
            _y.Dispose();
            _scratch.Dispose();
        }
    }
}
