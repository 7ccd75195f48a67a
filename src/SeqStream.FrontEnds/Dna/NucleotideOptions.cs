using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.FrontEnds.Dna;

/// <summary>What a <see cref="NucleotideFrontEnd"/> writes.</summary>
/// <param name="Port">The input of the shares of A, C, G and T, float32 [4].</param>
public sealed record NucleotideOptions(int Port)
{
    /// <summary>Numbers of a step: the shares of A, C, G and T.</summary>
    public const int Width = 4;

    /// <summary>Reads the <c>input</c>'s name, if the model has several.</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the input.</exception>
    public static NucleotideOptions Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        return new NucleotideOptions(PortFit.Require(card, signature, card.Text("input", ""), ElementType.Float32, Width));
    }
}
