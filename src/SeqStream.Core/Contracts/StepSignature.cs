using System.Collections.Immutable;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Contracts;

/// <summary>What a step takes, answers and remembers, whoever executes it.</summary>
/// <param name="ModelName">The model's name, for messages.</param>
/// <param name="ModelId">Hash of everything that shapes the numbers; a saved state fits only the model with its id.</param>
/// <param name="Inputs">What a step is given.</param>
/// <param name="Outputs">What a step answers.</param>
/// <param name="Layout">The memory of one stream.</param>
public sealed record StepSignature(string ModelName, ulong ModelId, ImmutableArray<StepPort> Inputs, ImmutableArray<StepPort> Outputs, StateLayout Layout)
{
    /// <summary>Inputs of the model that were bound to one value when it was loaded. Default none.</summary>
    public ImmutableArray<StepConstant> Constants { get; init; } = [];

    /// <summary>True where there is one float32 input and one float32 output, so that a step is one row of numbers in and one out.</summary>
    public bool HasPlainPorts => Inputs is [{ Type: ElementType.Float32 }] && Outputs is [{ Type: ElementType.Float32 }];
}
