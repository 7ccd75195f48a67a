using SeqStream.Plan;

namespace SeqStream.Contracts;

/// <summary>An input of a model that has one value for all steps of all streams, such as a sample rate, and so is no port. A record may repeat it, but not change it.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Value">The value.</param>
public sealed record StepConstant(string Name, ConstantTensor Value);
