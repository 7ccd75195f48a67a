using System.Globalization;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.FrontEnds;

/// <summary>Checks that a model has the input a front end writes.</summary>
internal static class PortFit
{
    /// <summary>The index of an input of the given type and size.</summary>
    /// <param name="card">Where the front end is declared.</param>
    /// <param name="signature">The model's ports.</param>
    /// <param name="name">The input's name; empty stands for the model's only input.</param>
    /// <param name="type">The element type the front end writes.</param>
    /// <param name="count">Elements the front end writes; negative for any number.</param>
    public static int Require(CardSection card, StepSignature signature, string name, ElementType type, int count)
    {
        int port = -1;
        for (int i = 0; i < signature.Inputs.Length; i++)
        {
            if (signature.Inputs[i].Name == name || (name.Length == 0 && signature.Inputs.Length == 1)) port = i;
        }
        string wanted = $"{(name.Length == 0 ? "one input" : $"an input '{name}'")} of {type.DisplayName()}"
            + (count < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" with {count} elements"));
        if (port < 0 || signature.Inputs[port].Type != type || (count >= 0 && signature.Inputs[port].ElementCount != count))
        {
            throw card.Refuse("type", $"the front end writes {wanted}, but model '{signature.ModelName}' has {string.Join(", ", signature.Inputs)}. "
                + "Use the card that was made with the model.");
        }
        return port;
    }
}
