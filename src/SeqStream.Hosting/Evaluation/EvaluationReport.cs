using System.Collections.Immutable;

namespace SeqStream.Hosting.Evaluation;

/// <summary>What an evaluation found.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Data">The labelled file's name.</param>
/// <param name="Sequences">Sequences measured.</param>
/// <param name="Steps">Labelled steps measured.</param>
/// <param name="Figures">The figures, the most important first.</param>
public sealed record EvaluationReport(string Model, string Data, long Sequences, long Steps, ImmutableArray<EvaluationFigure> Figures);
