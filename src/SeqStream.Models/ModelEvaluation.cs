namespace SeqStream.Models;

/// <summary>How <c>eval</c> measures a model.</summary>
/// <param name="Type">A kind of measure that <c>eval</c> knows.</param>
/// <param name="Format">Form of the labelled files, such as <c>conll</c>.</param>
public sealed record ModelEvaluation(string Type, string Format);
