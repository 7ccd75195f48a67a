using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.Decoding;

/// <summary>Checks that a model has the output a decoder reads.</summary>
internal static class ScorePort
{
    /// <summary>The index of the float32 output with one score for each label.</summary>
    /// <param name="card">Where the decoder is declared; <c>output</c> may name the port.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="signature">The model's ports.</param>
    public static int Require(CardSection card, ImmutableArray<string> labels, StepSignature signature)
    {
        if (labels.IsDefaultOrEmpty) throw card.Refuse("type", "the decoder needs 'labels' in the card, found none. List one label for each score.");
        string name = card.Text("output", "");
        for (int port = 0; port < signature.Outputs.Length; port++)
        {
            StepPort output = signature.Outputs[port];
            bool isMeant = name.Length == 0 ? signature.Outputs.Length == 1 : output.Name == name;
            if (isMeant && output.Type == ElementType.Float32 && output.ElementCount == labels.Length) return port;
        }
        throw card.Refuse("type", string.Create(CultureInfo.InvariantCulture,
            $"the decoder reads {(name.Length == 0 ? "one output" : $"an output '{name}'")} of float32 with {labels.Length} scores, one for each label, ")
            + $"but model '{signature.ModelName}' has {string.Join(", ", signature.Outputs)}. Use the card that was made with the model.");
    }
}
