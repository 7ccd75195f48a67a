using System.Collections.Immutable;

namespace SeqStream.Ort.Stepping;

/// <summary>How a model with explicit state inputs and outputs is to be stepped. Names are the model's own.</summary>
public sealed record OrtStepModel
{
    /// <summary>What the model remembers. Default nothing.</summary>
    public ImmutableArray<OrtStatePair> States { get; init; } = [];

    /// <summary>What every step is given, in the order of its ports; null for all inputs that are neither state nor constant.</summary>
    public ImmutableArray<string>? Inputs { get; init; }

    /// <summary>What every step answers, in the order of its ports; null for all outputs that are no state.</summary>
    public ImmutableArray<string>? Outputs { get; init; }

    /// <summary>Inputs that have the same value in every step of every stream, such as a sample rate. Default none.</summary>
    public ImmutableArray<OrtTensor> Constants { get; init; } = [];

    /// <summary>Values of open dimensions by their names (<see cref="OrtPort.OpenName"/>), such as 1 for <c>time</c>. Default none.</summary>
    public ImmutableDictionary<string, long> Dimensions { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>
    /// Names of the open dimensions that count streams. Empty to look for one: the symbol without a value that the states share with an input,
    /// or, without states, the first dimension of the first input.
    /// </summary>
    public ImmutableArray<string> BatchDimensions { get; init; } = [];
}
