using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.Decoding.Beams;

/// <summary>Where a model that writes hypothesis by hypothesis takes and answers what.</summary>
/// <param name="Phase">Input: a <see cref="SentencePhase"/>, int64.</param>
/// <param name="Target">Input [rows]: the last word of each hypothesis, int64.</param>
/// <param name="Parents">Input [rows]: which row of the step before each hypothesis continues, int64.</param>
/// <param name="Scores">Output [rows, words]: log-probability of each word, float32.</param>
/// <param name="Attention">Output [rows, places]: where each hypothesis looked, float32.</param>
/// <param name="Places">Words that the model's memory holds.</param>
/// <param name="Inputs">Number of inputs.</param>
public sealed record BeamPorts(int Phase, int Target, int Parents, int Scores, int Attention, int Places, int Inputs)
{
    /// <summary>Finds the ports by their names.</summary>
    /// <exception cref="CardException">The model lacks one of them, or its sizes do not go together.</exception>
    internal static BeamPorts Find(CardSection card, StepSignature signature, int words, out int rows)
    {
        int phase = signature.Inputs.FindPort("phase", ElementType.Int64), target = signature.Inputs.FindPort("target", ElementType.Int64), parents = signature.Inputs.FindPort("parents", ElementType.Int64);
        int scores = signature.Outputs.FindPort("scores", ElementType.Float32), attention = signature.Outputs.FindPort("attention", ElementType.Float32);
        bool fits = phase >= 0 && target >= 0 && parents >= 0 && scores >= 0 && attention >= 0;
        rows = fits ? signature.Inputs[target].ElementCount : 0;
        fits = fits && rows > 0 && signature.Inputs[phase].ElementCount == 1 && signature.Inputs[parents].ElementCount == rows && signature.Outputs[scores].ElementCount == rows * words;
        fits = fits && signature.Outputs[attention].ElementCount >= rows && signature.Outputs[attention].ElementCount % rows == 0;
        if (fits) return new BeamPorts(phase, target, parents, scores, attention, signature.Outputs[attention].ElementCount / rows, signature.Inputs.Length);
        throw card.Refuse("type", $"the decoder follows hypotheses over the int64 inputs phase [1], target [rows] and parents [rows] and the float32 outputs scores [rows, {words}] and attention [rows, places], "
            + $"but model '{signature.ModelName}' has {string.Join(", ", signature.Inputs)} and {string.Join(", ", signature.Outputs)}. Use the card and the words that were made with the model.");
    }
}
