namespace SeqStream.Contracts;

/// <summary>A plain output inside an <see cref="Emission"/>.</summary>
/// <param name="Name">The model's output name.</param>
/// <param name="IsSingle">True if the numbers are float32.</param>
/// <param name="Start">Index of the first number.</param>
/// <param name="Count">How many numbers.</param>
public record struct EmissionOutput(string Name, bool IsSingle, int Start, int Count);
