namespace SeqStream.Contracts;

/// <summary>A piece of text with a score inside an <see cref="Emission"/>.</summary>
/// <param name="Start">Where its bytes begin among those of all parts.</param>
/// <param name="Count">How many bytes.</param>
/// <param name="Score">Its score.</param>
internal readonly record struct EmissionPart(int Start, int Count, float Score);
