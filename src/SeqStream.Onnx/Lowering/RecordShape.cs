using System.Collections.Immutable;

namespace SeqStream.Onnx.Lowering;

/// <summary>What a record shows about the inputs of a model: how many numbers each has, and the number itself where there is one and it is whole.</summary>
public sealed record RecordShape
{
    /// <summary>Numbers by input name; the empty name stands for the model's first input.</summary>
    public required ImmutableDictionary<string, int> Counts { get; init; }

    /// <summary>Whole numbers that stand alone, by input name.</summary>
    public ImmutableDictionary<string, long> Integers { get; init; } = ImmutableDictionary<string, long>.Empty;
}
