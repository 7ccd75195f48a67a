namespace SeqStream.Hosting.Catalog;

/// <summary>How <c>eval</c> measures a model.</summary>
/// <param name="Type"><c>entities</c>, <c>label-per-step</c> or <c>letters</c>.</param>
/// <param name="Format">Form of the labelled files, such as <c>conll</c>.</param>
public sealed record ModelEvaluation(string Type, string Format);
