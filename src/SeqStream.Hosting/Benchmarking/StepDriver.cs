using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.Hosting.Benchmarking;

/// <summary>Steps streams over and over with inputs that change from step to step: a single one as a session, a batch through the executor contract.</summary>
internal sealed class StepDriver : IDisposable
{
    private const int Frames = 16;
    private readonly IStepExecutor _executor;
    private readonly int[] _slots;
    private readonly byte[][][] _frames; // [frames][inputs][bytes of one lane]
    private readonly StreamSession? _session;
    private readonly float[] _outputs;
    private int _frame;

    /// <summary>Creates the driver.</summary>
    /// <param name="executors">The model's executors.</param>
    /// <param name="batch">Lanes of a step.</param>
    /// <param name="streams">Live streams, at least the batch; the lanes of each step move through them.</param>
    public StepDriver(IExecutorFactory executors, int batch, int streams)
    {
        _outputs = new float[executors.Signature.Outputs.Max(static port => port.ElementCount)];
        if (batch == 1 && streams == 1 && executors.Signature.HasPlainPorts) _session = new StreamingModel(executors).CreateSession();
        _executor = executors.CreateExecutor(batch, streams);
        Batch = batch;
        _slots = new int[streams];
        for (int i = 0; i < streams; i++) _slots[i] = _executor.Rent();
        Random random = new(3);
        _frames = [.. Enumerable.Range(0, Frames).Select(_ => executors.Signature.Inputs.Select(port => RandomInput(port, random)).ToArray())];
    }

    /// <summary>Lanes of a step.</summary>
    public int Batch { get; }

    /// <summary>Makes the given number of steps of the whole batch.</summary>
    [HotPath]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int steps)
    {
        if (_session is not null) RunSession(_session, steps);
        else RunBatches(steps);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunSession(StreamSession session, int steps)
    {
        int frame = _frame;
        for (int step = 0; step < steps; step++, frame++) session.Step(MemoryMarshal.Cast<byte, float>(_frames[frame & (Frames - 1)][0]), _outputs);
        _frame = frame & 0xFFFFFF;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunBatches(int steps)
    {
        int frame = _frame;
        int windows = _slots.Length / Batch;
        for (int step = 0; step < steps; step++, frame++)
        {
            byte[][] inputs = _frames[frame & (Frames - 1)];
            for (int port = 0; port < inputs.Length; port++)
            {
                for (int lane = 0; lane < Batch; lane++) inputs[port].CopyTo(_executor.Input(port, lane));
            }
            _executor.Step(_slots.AsSpan(frame % windows * Batch, Batch));
        }
        _frame = frame & 0xFFFFFF;
    }

    public void Dispose()
    {
        _session?.Dispose();
        _executor.Dispose();
    }

    private static byte[] RandomInput(StepPort port, Random random)
    {
        byte[] bytes = new byte[port.ByteCount];
        if (port.Type == ElementType.Float32)
        {
            foreach (ref float value in MemoryMarshal.Cast<byte, float>(bytes.AsSpan())) value = 2 * random.NextSingle() - 1;
        }
        return bytes;
    }
}
