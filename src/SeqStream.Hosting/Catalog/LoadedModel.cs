using SeqStream.Contracts;
using SeqStream.Onnx.Lowering;
using SeqStream.Pipeline;

namespace SeqStream.Hosting.Catalog;

/// <summary>A model ready to be stepped, with what its card says and what was found out about its file.</summary>
public sealed class LoadedModel : IDisposable
{
    private readonly Lazy<StageFactory> _stages;

    internal LoadedModel(ModelReference reference, IExecutorFactory executors, LoweringResult lowering, string executorReason)
    {
        Reference = reference;
        Executors = executors;
        Lowering = lowering;
        ExecutorReason = executorReason;
        Timing = LagTiming.Of(lowering);
        _stages = new Lazy<StageFactory>(CreateStages);
    }

    /// <summary>The card and the files.</summary>
    public ModelReference Reference { get; }

    /// <summary>What its card says.</summary>
    public ModelCard Card => Reference.Card;

    /// <summary>Makes its executors.</summary>
    public IExecutorFactory Executors { get; }

    /// <summary>What a step takes, answers and remembers.</summary>
    public StepSignature Signature => Executors.Signature;

    /// <summary>What the steps mean in time; null if every frame is a step and is answered at once.</summary>
    public StreamTiming? Timing { get; }

    /// <summary>What a frame takes and answers: the ports of a step with one frame on each time axis.</summary>
    public StepSignature FrameSignature => Timing?.FrameOf(Signature) ?? Signature;

    /// <summary>What the compiler found: form, state pairs, timing, the plan if there is one.</summary>
    public LoweringResult Lowering { get; }

    /// <summary>Why this executor was taken.</summary>
    public string ExecutorReason { get; }

    /// <summary>Front ends, executors and decoders of the model.</summary>
    /// <exception cref="CardException">The card's front end or decoder does not fit the model.</exception>
    public StageFactory Stages => _stages.Value;

    /// <inheritdoc/>
    public void Dispose() => (Executors as IDisposable)?.Dispose();

    private StageFactory CreateStages()
    {
        CardStages stages = CardStages.Of(Card, Reference.Folder, FrameSignature, Timing, Lowering);
        return new StageFactory(Executors, stages.CreateFrontEnd, stages.CreateDecoder) { Timing = Timing };
    }
}
