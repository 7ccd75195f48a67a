using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.FrontEnds.Pictures;

/// <summary>What a <see cref="PictureFrontEnd"/> takes and writes.</summary>
/// <param name="Pixels">Pixels of a picture.</param>
/// <param name="Port">The input of the features, float32, with twice as many numbers.</param>
public sealed record PictureOptions(int Pixels, int Port)
{
    /// <summary>Reads <c>channels</c> (the pixels of a picture) and <c>input</c> (a name; default: the only input).</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the input.</exception>
    public static PictureOptions Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        int pixels = (int)card.Whole("channels", 1, 1 << 22);
        return new PictureOptions(pixels, PortFit.Require(card, signature, card.Text("input", ""), ElementType.Float32, 2 * pixels));
    }
}
