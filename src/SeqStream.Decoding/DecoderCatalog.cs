using System.Collections.Immutable;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.Decoding.Beams;
using SeqStream.Decoding.Ctc;
using SeqStream.Decoding.Labels;
using SeqStream.Decoding.Segments;
using SeqStream.Decoding.Strokes;
using SeqStream.Decoding.Tags;
using SeqStream.Decoding.Vectors;
using SeqStream.Decoding.Words;

namespace SeqStream.Decoding;

/// <summary>All decoders by the name that model cards use.</summary>
public static class DecoderCatalog
{
    /// <summary>The names, in the order people should read them.</summary>
    public static IReadOnlyList<string> Types { get; } = ["vector", "labels", "bio-tags", "moving-words", "ctc", "segments", "beam", "mixture-density"];

    /// <summary>Reads a decoder's parameters once; the answer makes one decoder per stream and may be called by any thread.</summary>
    /// <param name="type">A name of <see cref="Types"/>.</param>
    /// <param name="parameters">The card's <c>decoder</c> object; undefined for none.</param>
    /// <param name="labels">The card's labels, in the order of the model's outputs.</param>
    /// <param name="signature">The model's ports, which the decoder must fit.</param>
    /// <param name="folder">The model's folder, for files that the card names; null if it has none.</param>
    /// <exception cref="CardException">The type is unknown, a parameter is wrong, or the decoder does not fit the model's outputs.</exception>
    public static Func<IDecoder> Create(string type, JsonElement parameters, ImmutableArray<string> labels, StepSignature signature, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(signature);
        CardSection card = new(parameters, "decoder", folder);
        Func<IDecoder> create = type switch
        {
            "vector" => () => new VectorDecoder(),
            "labels" => Label(LabelOptions.Read(card, labels, signature)),
            "bio-tags" => BioTag(BioTagOptions.Read(card, labels, signature)),
            "moving-words" => MovingWords(MovingWordsOptions.Read(card, labels, signature)),
            "ctc" => Ctc(CtcOptions.Read(card, labels, signature)),
            "segments" => Segment(SegmentOptions.Read(card, labels, signature)),
            "beam" => Beam(BeamOptions.Read(card, signature)),
            "mixture-density" => MixtureDensity(MixtureOptions.Read(card, signature)),
            _ => throw card.Refuse("type", $"the decoder '{type}' is not known. Known decoders: {string.Join(", ", Types)}."),
        };
        card.Complete();
        return create;
    }

    private static Func<IDecoder> Label(LabelOptions options) => () => new LabelDecoder(options);

    private static Func<IDecoder> MixtureDensity(MixtureOptions options) => () => new MixtureDensityDecoder(options);

    private static Func<IDecoder> BioTag(BioTagOptions options) => () => new BioTagDecoder(options);

    private static Func<IDecoder> MovingWords(MovingWordsOptions options) => () => new MovingWordsDecoder(options);

    private static Func<IDecoder> Ctc(CtcOptions options) => () => new CtcDecoder(options);

    private static Func<IDecoder> Segment(SegmentOptions options) => () => new SegmentDecoder(options);

    private static Func<IDecoder> Beam(BeamOptions options) => () => new BeamDecoder(options);
}
