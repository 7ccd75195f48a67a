namespace SeqStream.Contracts;

/// <summary>The numbers of a payload that go to one input port.</summary>
/// <param name="Port">Index into <see cref="StepSignature.Inputs"/>.</param>
/// <param name="IsInteger">True if the numbers lie in the payload's integers.</param>
/// <param name="Start">Index of the first number.</param>
/// <param name="Count">How many numbers.</param>
public record struct PayloadSegment(int Port, bool IsInteger, int Start, int Count);
