using SeqStream.Weights;

namespace SeqStream.Models;

/// <summary>One weight form of a model.</summary>
/// <param name="Form">The form.</param>
/// <param name="Bytes">Bytes of the weights that a step reads.</param>
/// <param name="Ns">Nanoseconds of a step of one stream.</param>
/// <param name="Figure">The figure of the model's card.</param>
public sealed record ModelWeightFigure(WeightForm Form, long Bytes, double Ns, double Figure);
