using SeqStream.Contracts;
using SeqStream.Decoding;
using SeqStream.FrontEnds;
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
    public StageFactory Stages => _stages.Value;

    /// <inheritdoc/>
    public void Dispose() => (Executors as IDisposable)?.Dispose();

    private StageFactory CreateStages() => new(
        Executors,
        FrontEndCatalog.Create(Card.FrontEndType, Card.FrontEnd, Signature),
        DecoderCatalog.Create(Card.DecoderType, Card.Decoder, Card.Labels, Signature));
}
