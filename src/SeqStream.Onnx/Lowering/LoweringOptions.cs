using System.Collections.Immutable;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Onnx.Lowering;

/// <summary>What a model's file leaves open.</summary>
public sealed record LoweringOptions
{
    /// <summary>Most frames of <see cref="LookAhead"/>.</summary>
    public const int MostLookAhead = 1 << 14;

    /// <summary>Options that leave everything to the model.</summary>
    public static LoweringOptions Default { get; } = new();

    /// <summary>Sizes by symbol (<c>batch</c>) or by input and axis (<c>x[1]</c>), which also replaces a size that the model fixes.</summary>
    public ImmutableDictionary<string, int> Dimensions { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Inputs that have the same value at every step, by name; they are no inputs of the plan.</summary>
    public ImmutableDictionary<string, ConstantTensor> Constants { get; init; } = ImmutableDictionary<string, ConstantTensor>.Empty;

    /// <summary>State pairs that the model's own metadata does not name. They win over metadata.</summary>
    public ImmutableArray<DeclaredState> States { get; init; } = [];

    /// <summary>The input and axis along which the stream runs; null to find them.</summary>
    public InputAxis? TimeAxis { get; init; }

    /// <summary>
    /// Frames of its input that each recurrent layer in reverse or both directions may look ahead: its reverse direction then runs over a window of so many future
    /// frames, and the result is near that of the whole sequence, not equal. Null, the default, refuses such layers.
    /// </summary>
    public int? LookAhead { get; init; }

    /// <summary>
    /// The form to which the weight matrices of recurrent and dense layers are rounded; float32 for the values of what the file has. Null, the default, leaves them as
    /// the file has them: 16-bit weights run as they are, and integer weights as their float32 values, unless the metadata key <c>seqstream.weights</c> says that
    /// they are meant to have integer products.
    /// </summary>
    public WeightForm? Weights { get; init; }
}
