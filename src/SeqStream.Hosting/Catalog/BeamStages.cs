using System.Globalization;
using SeqStream.Contracts;
using SeqStream.Decoding.Beams;
using SeqStream.Pipeline;

namespace SeqStream.Hosting.Catalog;

/// <summary>A translator that follows another number of hypotheses than its card says.</summary>
public static class BeamStages
{
    /// <summary>The model's stages with a beam of another width; 1 takes the best word at every step.</summary>
    /// <exception cref="ArgumentException">The model has no beam, or none so wide.</exception>
    /// <exception cref="CardException">The card's decoder does not fit the model.</exception>
    public static StageFactory Of(LoadedModel model, int width)
    {
        BeamOptions options = OptionsOf(model);
        if (width < 1 || width > options.Rows) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The beam asked for is {width}; model '{model.Card.Name}' follows 1 to {options.Rows} hypotheses."));
        options = options with { Width = width };
        return model.Stages with { CreateDecoder = () => new BeamDecoder(options) };
    }

    /// <summary>What the card says of the beam.</summary>
    /// <exception cref="ArgumentException">The model has no beam.</exception>
    /// <exception cref="CardException">The card's decoder does not fit the model.</exception>
    public static BeamOptions OptionsOf(LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Card.DecoderType != "beam") throw new ArgumentException($"Model '{model.Card.Name}' has the decoder '{model.Card.DecoderType}', expected 'beam': only translators follow hypotheses.");
        return BeamOptions.Read(new CardSection(model.Card.Decoder, "decoder", model.Reference.Folder), model.FrameSignature);
    }
}
