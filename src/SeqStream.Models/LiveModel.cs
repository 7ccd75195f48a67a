using SeqStream.Contracts;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;

namespace SeqStream.Models;

/// <summary>
/// A model with its card, run by the native executor inside somebody else's program: sessions that are stepped, and streams that take frames and say emissions. Any thread may use it;
/// what it makes belongs to one thread at a time.
/// </summary>
public sealed class LiveModel : IDisposable
{
    private readonly CardStages _stages;

    private LiveModel(ModelCard card, string? folder, OnnxModel file)
    {
        Card = card;
        Lowering = OnnxLowering.Lower(file, new LoweringOptions { Weights = card.RecommendedWeights });
        Model = StreamingModel.FromPlan(Lowering.PlanOrThrow());
        Timing = LagTiming.Of(Lowering);
        try
        {
            _stages = CardStages.Of(card, folder, FrameSignature, Timing, Lowering);
            Model.Prewarm();
        }
        catch
        {
            Model.Dispose();
            throw;
        }
    }

    /// <summary>What its card says; for a bare file nothing but its name.</summary>
    public ModelCard Card { get; }

    /// <summary>What the compiler found.</summary>
    public LoweringResult Lowering { get; }

    /// <summary>The steps, without front end and decoder.</summary>
    public StreamingModel Model { get; }

    /// <summary>What a step takes, answers and remembers.</summary>
    public StepSignature Signature => Model.Signature;

    /// <summary>What the steps mean in time; null if every frame is a step and is answered at once.</summary>
    public StreamTiming? Timing { get; }

    /// <summary>What a frame takes and answers: the ports of a step with one frame on each time axis.</summary>
    public StepSignature FrameSignature => Timing?.FrameOf(Signature) ?? Signature;

    /// <summary>Loads a model and makes a trial step, so that no first step is slow.</summary>
    /// <param name="model">A name in the catalog, a folder with a card, or an <c>.onnx</c> file.</param>
    /// <param name="catalog">Where names are looked up; null for the folders of <see cref="ModelCatalog.Find()"/>.</param>
    /// <exception cref="ModelNotFoundException">There is no such model.</exception>
    /// <exception cref="CardException">Its card cannot be used or does not fit the model.</exception>
    /// <exception cref="OnnxFormatException">The file is no ONNX model.</exception>
    /// <exception cref="ModelNotStreamableException">The model cannot run step by step; the message names every node that prevents it.</exception>
    public static LiveModel Load(string model, ModelCatalog? catalog = null)
    {
        ModelReference reference = (catalog ?? ModelCatalog.Find()).Resolve(model);
        return new LiveModel(reference.Card, reference.Folder, OnnxModel.Load(reference.ModelPath));
    }

    /// <summary>Takes a model from memory.</summary>
    /// <param name="onnx">The ONNX file's bytes; not needed afterwards.</param>
    /// <param name="card">What to do with frames and outputs; null for plain numbers.</param>
    /// <exception cref="CardException">The card does not fit the model.</exception>
    /// <exception cref="OnnxFormatException">The bytes are no ONNX model.</exception>
    /// <exception cref="ModelNotStreamableException">The model cannot run step by step.</exception>
    public static LiveModel Parse(ReadOnlySpan<byte> onnx, ModelCard? card = null)
    {
        card ??= ModelCard.Bare("memory.onnx");
        return new LiveModel(card, null, OnnxModel.Parse(onnx, card.Name));
    }

    /// <summary>Opens a stream that is stepped by its inputs, in the model's first state.</summary>
    public StreamSession CreateSession() => Model.CreateSession();

    /// <summary>Creates what steps many sessions together.</summary>
    /// <param name="maxSessions">Most sessions of one step, at least 1.</param>
    public StreamBatch CreateBatch(int maxSessions) => Model.CreateBatch(maxSessions);

    /// <summary>Opens a stream that takes frames and says emissions, in the model's first state.</summary>
    public LiveStream CreateStream() => Model.CreateStream(_stages.CreateFrontEnd, _stages.CreateDecoder, Timing);

    /// <summary>Releases the model. Sessions and streams that are still open stay usable.</summary>
    public void Dispose() => Model.Dispose();
}
