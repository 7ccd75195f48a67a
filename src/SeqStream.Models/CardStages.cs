using SeqStream.Contracts;
using SeqStream.Decoding;
using SeqStream.FrontEnds;
using SeqStream.Onnx.Lowering;

namespace SeqStream.Models;

/// <summary>The front end and the decoder that a card asks for, fitted to its model.</summary>
/// <param name="CreateFrontEnd">A front end in its first state. Any thread.</param>
/// <param name="CreateDecoder">A decoder in its first state. Any thread.</param>
public sealed record CardStages(Func<IFrontEnd> CreateFrontEnd, Func<IDecoder> CreateDecoder)
{
    /// <summary>Reads the card's parameters and checks them against the model.</summary>
    /// <param name="card">The card.</param>
    /// <param name="folder">The model's folder, for files that the card names; null for none.</param>
    /// <param name="frames">What a frame takes and answers.</param>
    /// <param name="timing">What the steps mean in time; null if every frame is a step and is answered at once.</param>
    /// <param name="lowering">What the compiler found.</param>
    /// <exception cref="CardException">The card's front end or decoder does not fit the model.</exception>
    public static CardStages Of(ModelCard card, string? folder, StepSignature frames, StreamTiming? timing, LoweringResult lowering)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(lowering);
        CardStages stages = new(FrontEndCatalog.Create(card.FrontEndType, card.FrontEnd, frames, folder), DecoderCatalog.Create(card.DecoderType, card.Decoder, card.Labels, frames, folder));
        bool speaksApart = timing is not null && timing.Outputs.Any(output => !output.IsInStepWith(timing.Outputs[0]));
        if (!speaksApart || card.DecoderType == "vector") return stages;
        throw new CardException($"Model '{card.Name}' answers its outputs {string.Join(", ", lowering.Outputs.Select(static output => $"'{output.Name}' ({output.Length} frames, delay {output.Delay})"))} at different times; decoder '{card.DecoderType}' reads one time only. Export the model with one output, or use the decoder 'vector'.");
    }
}
