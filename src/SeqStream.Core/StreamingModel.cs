using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream;

/// <summary>A model whose streams can be stepped: one copy of the weights for any number of sessions. Any thread may use it.</summary>
/// <remarks>Loading from a file is <c>StreamingModel.Load(path)</c>, an extension in SeqStream.Onnx.</remarks>
public sealed class StreamingModel : IDisposable
{
    private readonly IExecutorFactory _executors;

    /// <summary>Creates a model over an executor factory, which it disposes if that is disposable.</summary>
    public StreamingModel(IExecutorFactory executors)
    {
        ArgumentNullException.ThrowIfNull(executors);
        _executors = executors;
    }

    /// <summary>What a step takes, answers and remembers.</summary>
    public StepSignature Signature => _executors.Signature;

    /// <summary>Which executor runs the steps and why.</summary>
    public string Executor => _executors.Description;

    /// <summary>A model run by the native executor.</summary>
    /// <param name="plan">What a step does.</param>
    /// <param name="choice">The instruction set; null for the best of this machine.</param>
    public static StreamingModel FromPlan(StepPlan plan, KernelChoice? choice = null) => new(NativeProgram.Bind(plan, choice));

    /// <summary>Opens a stream of its own, in the model's initial state.</summary>
    public StreamSession CreateSession() => new(_executors);

    /// <summary>Creates what steps many sessions of this model together.</summary>
    /// <param name="maxSessions">Most sessions of one step, at least 1.</param>
    /// <exception cref="NotSupportedException">Another executor than the native one runs the model.</exception>
    public StreamBatch CreateBatch(int maxSessions) => new(_executors, maxSessions);

    /// <summary>Opens a stream with a front end and a decoder: frames in, emissions out.</summary>
    /// <inheritdoc cref="LiveStream(IExecutorFactory, Func{IFrontEnd}, Func{IDecoder}, StreamTiming)"/>
    public LiveStream CreateStream(Func<IFrontEnd> createFrontEnd, Func<IDecoder> createDecoder, StreamTiming? timing = null) => new(_executors, createFrontEnd, createDecoder, timing);

    /// <summary>Creates an executor for many streams.</summary>
    /// <param name="maxLanes">Most lanes of one step, at least 1.</param>
    /// <param name="expectedStreams">How many streams are likely to live at once.</param>
    public IStepExecutor CreateExecutor(int maxLanes, int expectedStreams) => _executors.CreateExecutor(maxLanes, expectedStreams);

    /// <summary>
    /// Makes trial steps on zeros with 1 to <paramref name="maxLanes"/> lanes, so that no code is compiled during the first real steps.
    /// It takes some milliseconds per kernel; sessions need 1 lane.
    /// </summary>
    public void Prewarm(int maxLanes = 1)
    {
        const int MostDifferentTiles = 16;
        using IStepExecutor executor = CreateExecutor(maxLanes, maxLanes);
        int[] slots = new int[Math.Min(maxLanes, MostDifferentTiles)];
        for (int lane = 0; lane < slots.Length; lane++)
        {
            slots[lane] = executor.Rent();
            executor.Step(slots.AsSpan(0, lane + 1));
        }
    }

    /// <summary>Releases what the executor factory holds. Sessions that are still open stay usable.</summary>
    public void Dispose() => (_executors as IDisposable)?.Dispose();
}
