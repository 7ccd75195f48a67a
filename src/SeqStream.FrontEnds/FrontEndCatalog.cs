using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.FrontEnds.Audio;
using SeqStream.FrontEnds.Books;
using SeqStream.FrontEnds.Dna;
using SeqStream.FrontEnds.Pictures;
using SeqStream.FrontEnds.Poses;
using SeqStream.FrontEnds.Sensors;
using SeqStream.FrontEnds.Strokes;
using SeqStream.FrontEnds.Text;
using SeqStream.FrontEnds.Vectors;

namespace SeqStream.FrontEnds;

/// <summary>All front ends by the name that model cards use.</summary>
public static class FrontEndCatalog
{
    /// <summary>The names, in the order people should read them.</summary>
    public static IReadOnlyList<string> Types { get; } = ["vector", "standardize", "word-window", "letters", "log-mel", "mfcc", "samples", "order-book", "skeleton", "pictures", "nucleotides", "sentence", "strokes"];

    /// <summary>Reads a front end's parameters once; the answer makes one front end per stream and may be called by any thread.</summary>
    /// <param name="type">A name of <see cref="Types"/>.</param>
    /// <param name="parameters">The card's <c>frontEnd</c> object; undefined for none.</param>
    /// <param name="signature">The model's ports, which the front end must fit.</param>
    /// <param name="folder">The model's folder, for files that the card names; null if it has none.</param>
    /// <exception cref="CardException">The type is unknown, a parameter is wrong, or the front end does not fit the model's inputs.</exception>
    public static Func<IFrontEnd> Create(string type, JsonElement parameters, StepSignature signature, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(signature);
        CardSection card = new(parameters, "frontEnd", folder);
        Func<IFrontEnd> create = type switch
        {
            "vector" => Vector(VectorOptions.Read(card, signature)),
            "standardize" => Standardize(StandardizeOptions.Read(card, signature)),
            "word-window" => WordWindow(WordWindowOptions.Read(card, signature)),
            "letters" => Letters(LetterOptions.Read(card, signature)),
            "nucleotides" => Nucleotides(NucleotideOptions.Read(card, signature)),
            "strokes" => Strokes(StrokeOptions.Read(card, signature)),
            "log-mel" => LogMel(LogMelOptions.Read(card, signature, isCepstrum: false)),
            "mfcc" => LogMel(LogMelOptions.Read(card, signature, isCepstrum: true)),
            "samples" => Samples(SampleWindowOptions.Read(card, signature)),
            "order-book" => OrderBook(OrderBookOptions.Read(card, signature)),
            "skeleton" => Skeleton(SkeletonOptions.Read(card, signature)),
            "pictures" => Pictures(PictureOptions.Read(card, signature)),
            "sentence" => Sentence(SentenceOptions.Read(card, signature)),
            _ => throw card.Refuse("type", $"the front end '{type}' is not known. Known front ends: {string.Join(", ", Types)}."),
        };
        card.Complete();
        return create;
    }

    private static Func<IFrontEnd> Vector(VectorOptions options) => () => new VectorFrontEnd(options);

    private static Func<IFrontEnd> Standardize(StandardizeOptions options) => () => new StandardizeFrontEnd(options);

    private static Func<IFrontEnd> WordWindow(WordWindowOptions options) => () => new WordWindowFrontEnd(options);

    private static Func<IFrontEnd> Letters(LetterOptions options) => () => new LetterFrontEnd(options);

    private static Func<IFrontEnd> Nucleotides(NucleotideOptions options) => () => new NucleotideFrontEnd(options);

    private static Func<IFrontEnd> Strokes(StrokeOptions options) => () => new StrokeFrontEnd(options);

    private static Func<IFrontEnd> LogMel(LogMelOptions options)
    {
        MelAnalysis analysis = new(options);
        return () => new LogMelFrontEnd(options, analysis);
    }

    private static Func<IFrontEnd> Samples(SampleWindowOptions options) => () => new SampleWindowFrontEnd(options);

    private static Func<IFrontEnd> OrderBook(OrderBookOptions options) => () => new OrderBookFrontEnd(options);

    private static Func<IFrontEnd> Skeleton(SkeletonOptions options) => () => new SkeletonFrontEnd(options);

    private static Func<IFrontEnd> Pictures(PictureOptions options) => () => new PictureFrontEnd(options);
    private static Func<IFrontEnd> Sentence(SentenceOptions options) => () => new SentenceFrontEnd(options);
}
