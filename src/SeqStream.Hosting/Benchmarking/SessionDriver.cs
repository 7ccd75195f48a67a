using System.Runtime.CompilerServices;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.Hosting.Benchmarking;

/// <summary>Steps one stream over and over as an embedding program does: <see cref="StreamSession.Step(ReadOnlySpan{float}, Span{float})"/>, with a ring of inputs.</summary>
internal sealed class SessionDriver : IDisposable
{
    private const int Frames = 64;
    private readonly StreamSession _session;
    private readonly float[][] _frames; // [frames][input]
    private readonly float[] _outputs;
    private int _frame;

    public SessionDriver(IExecutorFactory executors)
    {
        StreamingModel model = new(executors);
        _session = model.CreateSession();
        Random random = new(3);
        _frames = [.. Enumerable.Range(0, Frames).Select(_ => Enumerable.Range(0, executors.Signature.Inputs[0].ElementCount).Select(_ => 2 * random.NextSingle() - 1).ToArray())];
        _outputs = new float[executors.Signature.Outputs[0].ElementCount];
    }

    /// <summary>Makes the given number of steps.</summary>
    [HotPath]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int steps)
    {
        int frame = _frame;
        for (int step = 0; step < steps; step++, frame++) _session.Step(_frames[frame & (Frames - 1)], _outputs);
        _frame = frame & 0xFFFFFF;
    }

    public void Dispose() => _session.Dispose();
}
