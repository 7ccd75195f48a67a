using System.Collections.Immutable;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>A step plan, or a refusal that names every blocking node. What was found out about the model is there in both cases.</summary>
public sealed record LoweringResult
{
    /// <summary>The model's file, for messages.</summary>
    public required string File { get; init; }

    /// <summary>The plan; null if the model is refused.</summary>
    public StepPlan? Plan { get; init; }

    /// <summary>Why the model is refused; empty if it is not.</summary>
    public ImmutableArray<Blocker> Blockers { get; init; } = [];

    /// <summary>What was given beside the file.</summary>
    public LoweringOptions Options { get; init; } = LoweringOptions.Default;

    /// <summary>Sizes and constants of a step model that neither the file nor the caller gives and that a first record can show.</summary>
    public ImmutableArray<OpenInput> Open { get; init; } = [];

    /// <summary>One step or a whole sequence per call.</summary>
    public StreamForm Form { get; init; }

    /// <summary>The dimension along which the stream runs, such as <c>seq</c> or <c>x[1]</c>; null if no dimension does.</summary>
    public string? TimeDimension { get; init; }

    /// <summary>Every place among the inputs of the dimension along which the stream runs.</summary>
    public ImmutableArray<InputAxis> TimeAxes { get; init; } = [];

    /// <summary>Dimensions without a size that count streams, by symbol or place; a plan is for one.</summary>
    public ImmutableArray<string> BatchDimensions { get; init; } = [];

    /// <summary>State inputs and outputs with the reason why they belong together.</summary>
    public ImmutableArray<StatePair> States { get; init; } = [];

    /// <summary>True if it is not clear what the model's states are: <see cref="Blockers"/> lists the candidates. Nobody can step such a model.</summary>
    public bool HasUnclearStates { get; init; }

    /// <summary>What the plan's outputs mean in time, in the plan's order.</summary>
    public ImmutableArray<LoweredOutput> Outputs { get; init; } = [];

    /// <summary>What became of each of the model's nodes, in the order in which they run; empty if the model is refused.</summary>
    public ImmutableArray<LoweredNode> Nodes { get; init; } = [];

    /// <summary>Source frames that one step takes: the product of the model's strides along time.</summary>
    public int FramesPerStep { get; init; } = 1;

    /// <summary>Source frames of the shortest stream whose steps equal the whole sequence; the model itself has no output, or another one, for shorter ones.</summary>
    public long ShortestStream { get; init; } = 1;

    /// <summary>A stream's length in source frames must be a multiple of this, because the model runs for no other: it joins ways whose strides divide only such lengths. Mostly 1.</summary>
    public int LengthMultiple { get; init; } = 1;

    /// <summary>Nodes whose numbers are near those of the whole sequence, not equal; empty for an exact plan. Only <see cref="LoweringOptions.LookAhead"/> and weights in small forms make a plan with such nodes.</summary>
    public ImmutableArray<string> Approximate { get; init; } = [];

    /// <summary>Remarks for people: dimensions that were chosen, proofs that failed without being needed.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>The plan, or an exception with all reasons.</summary>
    /// <exception cref="ModelNotStreamableException">The model is refused.</exception>
    public StepPlan PlanOrThrow() => Plan ?? throw new ModelNotStreamableException(File, Blockers);
}
