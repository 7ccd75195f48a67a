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
/// Sound on its way to a model. A card with a front end of sound says what the model wants; a bare model's float input takes as many samples a step as it has numbers, at the rate that its
/// metadata or else the source says, and an integer input for the rate is bound to it. Use: <see cref="OpenAsync"/>, <see cref="Fit"/>, then <see cref="StagesOf"/> and <see cref="CreateFeed"/>.
/// </summary>
public sealed class SoundInput : IAsyncDisposable
{
    private static readonly string[] s_rateInputs = ["sr", "sample_rate", "sampling_rate"];
    private readonly SoundSource _from;
    private readonly IAudioSource _source;
    private readonly int _sourceHz;
    private SoundConvention? _convention;
    private bool _isBare;
    private bool _isGiven;

    private SoundInput(SoundSource from, IAudioSource source, int sourceHz)
    {
        _from = from;
        _source = source;
        _sourceHz = sourceHz;
    }

    /// <summary>The rate that the model is given, in Hz. Known after <see cref="Fit"/>.</summary>
    public int RateHz { get; private set; }

    /// <summary>Opens the source, waiting for its header if it has one. Devices are opened when they are read, so that nothing is captured before somebody listens.</summary>
    /// <param name="from">The source.</param>
    /// <param name="input">The bytes of a source that is no URI; stays open.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="AudioException">The source cannot be had, is not what was promised, or is described wrongly.</exception>
    public static async Task<SoundInput> OpenAsync(SoundSource from, Stream input, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(from);
        bool isUri = AudioFeeds.IsUri(from.Name);
        IAudioSource source = isUri ? AudioFeeds.SourceOf(from.Name, from.Format, from.From) : AudioFeeds.SourceOf(from.Name, input, from.Format, from.From);
        if (AudioFeeds.IsDevice(from.Name)) return new SoundInput(from, source, from.From.RateHz);
        OpenedAudioSource opened = await OpenedAudioSource.OpenAsync(source, cancellation).ConfigureAwait(false);
        return new SoundInput(from, opened, opened.Format.RateHz);
    }

    /// <summary>Compiles the model for samples: an input for their rate becomes a constant, an open width that of a published model that is known.</summary>
    /// <param name="reference">The model.</param>
    /// <param name="load">How it is loaded; sizes and constants that stand there win.</param>
    /// <returns>The options with what was bound, and the compiled model, which may be a refusal.</returns>
    /// <exception cref="ArgumentException">The model takes no sound.</exception>
    public (ModelLoadOptions Load, LoweringResult Lowering) Fit(ModelReference reference, ModelLoadOptions load)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(load);
        ModelCard card = reference.Card;
        if (card.FrontEndType != "vector")
        {
            RateHz = AudioCard.RateHz(card.FrontEndType, card.FrontEnd) ?? throw TakesNoSound(card);
            return (load, ModelLoader.Inspect(reference, load));
        }
        _isBare = true;
        OnnxModel model = OnnxModel.Load(reference.ModelPath);
        _convention = SoundConvention.Of(model);
        OnnxValue? rateInput = model.Graph.Inputs.FirstOrDefault(static input => s_rateInputs.Contains(input.Name) && IsOneInteger(input));
        RateHz = RateOf(model, rateInput, load);
        if (rateInput is not null) load = load with { Constants = load.Constants.SetItem(rateInput.Name, RateHz) };
        LoweringResult lowering = ModelLoader.Inspect(reference, load);
        if (lowering is { Plan: null, Open.IsEmpty: false } && _convention?.At(RateHz) is { } window)
            lowering = ModelLoader.Bind(reference, lowering, new RecordShape { Counts = ImmutableDictionary<string, int>.Empty.Add(_convention.Input, window.Hop + window.Context) });
        return (load, lowering);
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

    /// <summary>The feed of the samples, mixed to one channel and resampled. It owns the source from then on.</summary>
    /// <param name="gaps">Told of every gap, on the feed's thread; may be null.</param>
    public AudioFeed CreateFeed(Action<AudioGap>? gaps = null)
    {
        _isGiven = true;
        return new AudioFeed(_source, new AudioFeedOptions { RateHz = RateHz, Mix = _from.Mix, Gap = _from.Gap, Gaps = gaps });
    }

    /// <summary>Closes a source that no feed has.</summary>
    public ValueTask DisposeAsync() => _isGiven ? ValueTask.CompletedTask : _source.DisposeAsync();

    /// <summary>What was said for this run, what is known of the model, what its file says, or the source's own.</summary>
    private int RateOf(OnnxModel model, OnnxValue? rateInput, ModelLoadOptions load)
    {
        if (rateInput is not null && load.Constants.TryGetValue(rateInput.Name, out long said)) return Allowed(said, $"--const {rateInput.Name}");
        if (_convention is not null) return _convention.At(_sourceHz) is null ? _convention.Windows[0].RateHz : _sourceHz;
        return model.Metadata.TryGetValue("sample_rate", out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rate)
            ? Allowed(rate, "the model's metadata key 'sample_rate'")
            : _sourceHz;
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
