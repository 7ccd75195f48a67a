using SeqStream.Contracts;
using SeqStream.Decoding;
using SeqStream.FrontEnds;
using SeqStream.Onnx.Lowering;
using SeqStream.Pipeline;
using SeqStream.Plan;

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

    /// <summary>What the compiler found: form, state pairs, timing, the plan if there is one.</summary>
    public LoweringResult Lowering { get; }

    /// <summary>Why this executor was taken.</summary>
    public string ExecutorReason { get; }

    /// <summary>Front ends, executors and decoders of the model.</summary>
    /// <exception cref="CardException">The card's front end or decoder does not fit the model.</exception>
    /// <exception cref="ModelNotStreamableException">The model's answers lag behind its frames, or it takes several frames per step: a route does not drop and flush yet.</exception>
    public StageFactory Stages => _stages.Value;

    /// <inheritdoc/>
    public void Dispose() => (Executors as IDisposable)?.Dispose();

    private StageFactory CreateStages()
    {
        LoweredOutput[] lagging = [.. Lowering.Outputs.Where(output => output.Delay != 0 || output.Length != StreamLength.Source || Lowering.FramesPerStep != 1)];
        if (Lowering.Plan is not null && lagging.Length > 0) throw new ModelNotStreamableException(Lowering.File, [.. lagging.Select(BlockerOf)]);
        return new StageFactory(
            Executors,
            FrontEndCatalog.Create(Card.FrontEndType, Card.FrontEnd, Signature),
            DecoderCatalog.Create(Card.DecoderType, Card.Decoder, Card.Labels, Signature));
    }

    private Blocker BlockerOf(LoweredOutput output) => new(
        output.Name,
        "output",
        $"it lags {output.Delay} frames behind the input, {Lowering.FramesPerStep} frames make a step, and a stream of S frames has {output.Length} answers; routes serve models that answer every frame at once",
        "Step it from a program with StreamSession and StreamSession.End, or export it with padding before the first frame only and no strides along time.");
}
