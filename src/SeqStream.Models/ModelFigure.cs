namespace SeqStream.Models;

/// <summary>A measured figure of a model.</summary>
/// <param name="Metric">What was measured, such as <c>entity F1</c>.</param>
/// <param name="Value">The figure.</param>
/// <param name="Data">What it was measured on.</param>
/// <param name="Command">The command that reproduces it.</param>
public sealed record ModelFigure(string Metric, double Value, string Data, string Command);
