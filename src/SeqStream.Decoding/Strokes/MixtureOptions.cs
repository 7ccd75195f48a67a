using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.Decoding.Strokes;

/// <summary>How a model's numbers mean the next point: see <see cref="PointMixture"/>.</summary>
/// <param name="Port">The output, float32 [6 * Mixtures + 3].</param>
/// <param name="Mixtures">Gaussians of the mixture.</param>
/// <param name="Scale">Units of the coordinates for 1 of the model's offsets.</param>
/// <param name="Least">Least logarithm of a deviation; what the model says below counts as this.</param>
/// <param name="Greatest">Greatest logarithm of a deviation.</param>
/// <param name="Temperature">How freely a <see cref="MixtureDensityDecoder"/> draws.</param>
/// <param name="Seed">Where its random numbers begin, for every stream alike.</param>
public sealed record MixtureOptions(int Port, int Mixtures, double Scale, double Least, double Greatest, double Temperature, ulong Seed)
{
    /// <summary>Reads <c>mixtures</c>, <c>scale</c>, <c>least</c> (-4), <c>greatest</c> (2.5), <c>temperature</c> (0.4), <c>seed</c> (0) and, if there are several outputs, <c>output</c>.</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the output.</exception>
    public static MixtureOptions Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        int mixtures = (int)card.Whole("mixtures", 1, 1000);
        string name = card.Text("output", "");
        int port = -1;
        for (int i = 0; i < signature.Outputs.Length; i++)
        {
            bool isMeant = name.Length == 0 ? signature.Outputs.Length == 1 : signature.Outputs[i].Name == name;
            if (isMeant && signature.Outputs[i].Type == ElementType.Float32 && signature.Outputs[i].ElementCount == PointMixture.NumbersOf(mixtures)) port = i;
        }
        if (port < 0) throw card.Refuse("mixtures", FormattableString.Invariant($"the decoder reads one output of float32 with {PointMixture.NumbersOf(mixtures)} numbers (6 for each of {mixtures} Gaussians and 3 of the pen), but model '{signature.ModelName}' has {string.Join(", ", signature.Outputs)}. Use the card that was made with the model."));
        return new MixtureOptions(port, mixtures, card.Number("scale", 1e-3, 1e6), card.Number("least", -20, 20, -4), card.Number("greatest", -20, 20, 2.5),
            card.Number("temperature", 0, 10, 0.4), (ulong)card.Whole("seed", 0, long.MaxValue, 0));
    }
}
