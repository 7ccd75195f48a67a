using System.Collections.Immutable;
using SeqStream.Weights;

namespace SeqStream.Models;

/// <summary>What the weight forms of a model cost and how good they are.</summary>
/// <param name="Recommended">The form in which the native executor runs the model where none is asked for.</param>
/// <param name="Metric">What the forms' figures are.</param>
/// <param name="Command">The command that measures the figures.</param>
/// <param name="Machine">On what the steps were timed, by <c>seqstream bench NAME --weights ...</c>.</param>
/// <param name="Forms">The forms, float32 first.</param>
public sealed record ModelWeights(WeightForm Recommended, string Metric, string Command, string Machine, ImmutableArray<ModelWeightFigure> Forms);
