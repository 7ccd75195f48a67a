using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Audio;
using SeqStream.FrontEnds.Audio;
using SeqStream.Hosting.Catalog;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Pipeline;
using SeqStream.Plan;

namespace SeqStream.Hosting.Sound;

/// <summary>
/// How a model listens. A card with a front end of sound says what the model wants; a bare model's float input takes as many samples a step as it has numbers, at the rate that its
/// metadata or else the source says, and an integer input for the rate is bound to it.
/// </summary>
public sealed class SoundFit
{
    private static readonly string[] s_rateInputs = ["sr", "sample_rate", "sampling_rate"];
    private readonly SoundConvention? _convention;
    private readonly bool _isBare;

    private SoundFit(int rateHz, ModelLoadOptions load, LoweringResult lowering, SoundConvention? convention, bool isBare)
    {
        (RateHz, Load, Lowering) = (rateHz, load, lowering);
        _convention = convention;
        _isBare = isBare;
    }

    /// <summary>The rate that the model is given, in Hz.</summary>
    public int RateHz { get; }

    /// <summary>How the model is loaded, with what was bound.</summary>
    public ModelLoadOptions Load { get; }

    /// <summary>The compiled model, which may be a refusal.</summary>
    public LoweringResult Lowering { get; }

    /// <summary>True if the model is given a rate of its own whatever the source's.</summary>
    public static bool KnowsItsRate(ModelCard card)
    {
        ArgumentNullException.ThrowIfNull(card);
        return card.FrontEndType != "vector" && AudioCard.RateHz(card.FrontEndType, card.FrontEnd) is not null;
    }

    /// <summary>Compiles a model for samples: an input for their rate becomes a constant, an open width that of a published model that is known.</summary>
    /// <param name="sourceHz">The source's rate.</param>
    /// <param name="reference">The model.</param>
    /// <param name="load">How it is loaded; sizes and constants that stand there win.</param>
    /// <exception cref="ArgumentException">The model takes no sound.</exception>
    public static SoundFit Of(int sourceHz, ModelReference reference, ModelLoadOptions load)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(load);
        ModelCard card = reference.Card;
        if (card.FrontEndType != "vector")
            return new SoundFit(AudioCard.RateHz(card.FrontEndType, card.FrontEnd) ?? throw TakesNoSound(card), load, ModelLoader.Inspect(reference, load), null, isBare: false);
        OnnxModel model = OnnxModel.Load(reference.ModelPath);
        SoundConvention? convention = SoundConvention.Of(model);
        OnnxValue? rateInput = model.Graph.Inputs.FirstOrDefault(static input => s_rateInputs.Contains(input.Name) && IsOneInteger(input));
        int rate = RateOf(sourceHz, model, rateInput, convention, load);
        if (rateInput is not null) load = load with { Constants = load.Constants.SetItem(rateInput.Name, rate) };
        LoweringResult lowering = ModelLoader.Inspect(reference, load);
        if (lowering is { Plan: null, Open.IsEmpty: false } && convention?.At(rate) is { } window)
            lowering = ModelLoader.Bind(reference, lowering, new RecordShape { Counts = ImmutableDictionary<string, int>.Empty.Add(convention.Input, window.Hop + window.Context) });
        return new SoundFit(rate, load, lowering, convention, isBare: true);
    }

    /// <summary>The model's stages with a front end that takes samples.</summary>
    /// <exception cref="ArgumentException">A bare model has other inputs than one of float32.</exception>
    /// <exception cref="SeqStream.Contracts.CardException">The card's front end does not fit the model.</exception>
    public StageFactory StagesOf(LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!_isBare) return model.Stages;
        ImmutableArray<SeqStream.Contracts.StepPort> inputs = model.FrameSignature.Inputs;
        if (inputs is not [{ Type: ElementType.Float32 }]) throw TakesOtherInputs(model);
        int width = inputs[0].ElementCount;
        int context = _convention?.At(RateHz) is { } window && window.Hop + window.Context == width ? window.Context : 0;
        SampleWindowOptions options = new(RateHz, width - context, context, Scale: 1, PadsEnd: false, Port: 0);
        return model.Stages with { CreateFrontEnd = () => new SampleWindowFrontEnd(options) };
    }

    /// <summary>What was said for this run, what is known of the model, what its file says, or the source's own.</summary>
    private static int RateOf(int sourceHz, OnnxModel model, OnnxValue? rateInput, SoundConvention? convention, ModelLoadOptions load)
    {
        if (rateInput is not null && load.Constants.TryGetValue(rateInput.Name, out long said)) return Allowed(said, $"--const {rateInput.Name}");
        if (convention is not null) return convention.At(sourceHz) is null ? convention.Windows[0].RateHz : sourceHz;
        return model.Metadata.TryGetValue("sample_rate", out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rate)
            ? Allowed(rate, "the model's metadata key 'sample_rate'")
            : sourceHz;
    }

    private static int Allowed(long rate, string where) => rate is >= AudioFormat.LeastRateHz and <= AudioFormat.GreatestRateHz
        ? (int)rate
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
            $"{where} is {rate}; expected a sample rate from {AudioFormat.LeastRateHz} to {AudioFormat.GreatestRateHz} Hz. Give --const NAME=RATE with one that the model knows."));

    private static bool IsOneInteger(OnnxValue input)
        => input.Type is ElementType.Int64 or ElementType.Int32 && input.HasRank && input.Dimensions.All(static dimension => dimension.Number == 1);

    private static ArgumentException TakesNoSound(ModelCard card) => new(
        $"Model '{card.Name}' takes no sound: the front end of its card is '{card.FrontEndType}', expected log-mel, mfcc or samples with a 'rate', or a bare model. "
        + $"Feed it as its card says: --in {card.InputFormat}.");

    private static ArgumentException TakesOtherInputs(LoadedModel model) => new(
        $"Model '{model.Card.Name}' takes {string.Join(", ", model.FrameSignature.Inputs)} at each step, but sound fills one input of float32 only. "
        + "Give integer inputs that never change as --const NAME=VALUE, write a card with a front end of sound, or feed it by --in jsonl.");
}
