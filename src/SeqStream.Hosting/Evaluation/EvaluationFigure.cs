namespace SeqStream.Hosting.Evaluation;

/// <summary>A measured figure.</summary>
/// <param name="Metric">What was measured.</param>
/// <param name="Value">The figure.</param>
public sealed record EvaluationFigure(string Metric, double Value);
