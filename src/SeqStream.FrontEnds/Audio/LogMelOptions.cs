using System.Globalization;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.FrontEnds.Audio;

/// <summary>What a <see cref="LogMelFrontEnd"/> computes and writes.</summary>
public sealed record LogMelOptions
{
    private const int MostSamples = 1 << 15;

    /// <summary>Sample rate that frames must have, in Hz.</summary>
    public required int RateHz { get; init; }

    /// <summary>Samples of a window.</summary>
    public required int WindowSamples { get; init; }

    /// <summary>Samples from a window to the next.</summary>
    public required int HopSamples { get; init; }

    /// <summary>Numbers of a transform, a power of two; windows are filled up with zeros behind.</summary>
    public required int FftSize { get; init; }

    /// <summary>What a window is multiplied with.</summary>
    public required WindowShape Shape { get; init; }

    /// <summary>Mel bands.</summary>
    public required int Bands { get; init; }

    /// <summary>Where the first band begins, in Hz.</summary>
    public required double LowHz { get; init; }

    /// <summary>Where the last band ends, in Hz.</summary>
    public required double HighHz { get; init; }

    /// <summary>Least power of a band before its logarithm is taken.</summary>
    public required double Floor { get; init; }

    /// <summary>Each sample less this times the one before it.</summary>
    public required double Preemphasis { get; init; }

    /// <summary>Cepstral coefficients; 0 for the bands themselves.</summary>
    public required int Coefficients { get; init; }

    /// <summary>Windows of one step, one behind the other.</summary>
    public required int Join { get; init; }

    /// <summary>How features are levelled, centred and scaled.</summary>
    public required FeatureScaling Scaling { get; init; }

    /// <summary>The input of the features, float32.</summary>
    public required int Port { get; init; }

    /// <summary>Numbers of one window's features.</summary>
    public int FeaturesPerWindow => Coefficients > 0 ? Coefficients : Bands;

    /// <summary>
    /// Reads <c>rate</c>, <c>windowMs</c>, <c>hopMs</c>, <c>fft</c> (default: the next power of two), <c>shape</c> (hann), <c>bands</c>, <c>lowHz</c> (0), <c>highHz</c> (half the rate),
    /// <c>floor</c> (1e-10), <c>preemphasis</c> (0), <c>join</c> (1), <c>input</c> (the only one), the keys of <see cref="FeatureScaling"/>, and for cepstra <c>coefficients</c>.
    /// </summary>
    /// <param name="card">The card's <c>frontEnd</c> object.</param>
    /// <param name="signature">The model's ports.</param>
    /// <param name="isCepstrum">True for <c>mfcc</c>.</param>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the input.</exception>
    public static LogMelOptions Read(CardSection card, StepSignature signature, bool isCepstrum)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        int rate = (int)card.Whole("rate", 1000, 384_000);
        int window = Samples(card, "windowMs", rate, 2, MostSamples);
        int hop = Samples(card, "hopMs", rate, 1, window);
        int bands = (int)card.Whole("bands", 1, 512);
        double high = card.Number("highHz", 1, rate / 2.0, rate / 2.0);
        int coefficients = isCepstrum ? (int)card.Whole("coefficients", 1, bands) : 0;
        int features = isCepstrum ? coefficients : bands;
        int join = (int)card.Whole("join", 1, 64, 1);
        LogMelOptions options = new()
        {
            RateHz = rate,
            WindowSamples = window,
            HopSamples = hop,
            FftSize = FftSizeOf(card, window),
            Shape = ShapeOf(card),
            Bands = bands,
            LowHz = card.Number("lowHz", 0, high - 1, 0),
            HighHz = high,
            Floor = card.Number("floor", 1e-30, 1, 1e-10),
            Preemphasis = card.Number("preemphasis", 0, 1, 0),
            Coefficients = coefficients,
            Join = join,
            Scaling = FeatureScaling.Read(card, features),
            Port = PortFit.Require(card, signature, card.Text("input", ""), ElementType.Float32, features * join),
        };
        int empty = new MelBands(bands, options.LowHz, high, rate, options.FftSize).FirstEmpty;
        if (empty < 0) return options;
        throw card.Refuse("bands", string.Create(CultureInfo.InvariantCulture,
            $"band {empty} of {bands} is narrower than a bin of the transform of {options.FftSize} numbers, so it would always be silent. Take fewer bands or a larger 'fft'."));
    }

    private static int Samples(CardSection card, string key, int rate, int least, int most)
    {
        double exact = card.Number(key, 0, 60_000) * rate / 1000;
        int samples = (int)Math.Round(exact);
        if (samples >= least && samples <= most && Math.Abs(exact - samples) < 1e-6) return samples;
        throw card.Refuse(key, string.Create(CultureInfo.InvariantCulture, $"found {exact} samples at {rate} Hz, expected a whole number from {least} to {most}. Choose a duration that fits."));
    }

    private static int FftSizeOf(CardSection card, int window)
    {
        int least = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(window, 4));
        int size = (int)card.Whole("fft", window, 2 * MostSamples, least);
        if (System.Numerics.BitOperations.IsPow2(size) && size >= 4) return size;
        throw card.Refuse("fft", string.Create(CultureInfo.InvariantCulture, $"found {size}, expected a power of two from {least} on."));
    }

    private static WindowShape ShapeOf(CardSection card) => card.Text("shape", "hann") switch
    {
        "hann" => WindowShape.Hann,
        "hamming" => WindowShape.Hamming,
        "rectangle" => WindowShape.Rectangle,
        string other => throw card.Refuse("shape", $"found '{other}', expected hann, hamming or rectangle."),
    };
}
