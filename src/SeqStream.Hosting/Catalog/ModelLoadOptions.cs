using System.Collections.Immutable;
using SeqStream.Weights;

namespace SeqStream.Hosting.Catalog;

/// <summary>How a model is to be executed.</summary>
public sealed record ModelLoadOptions
{
    /// <summary>Who executes; by default the native executor where it can.</summary>
    public ExecutorKind Executor { get; init; } = ExecutorKind.Choose;

    /// <summary>Where ONNX Runtime executes: <c>cpu</c>, or an execution provider by its short name such as <c>cuda</c>. The native executor knows <c>cpu</c> only.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Sizes of dimensions that the file leaves open, by symbol (<c>batch</c>) or place (<c>input[1]</c>).</summary>
    public ImmutableDictionary<string, int> Dimensions { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Integer inputs that have one value for all steps of all streams, by name.</summary>
    public ImmutableDictionary<string, long> Constants { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Frames that each recurrent layer in reverse or both directions may look ahead; null, the default, refuses such layers.</summary>
    public int? LookAhead { get; init; }

    /// <summary>Frames over which a model that cannot be compiled into steps is run anew at every step; null, the default, refuses it.</summary>
    public int? Window { get; init; }

    /// <summary>The form to which the native executor rounds weight matrices; null, the default, for what the model's card recommends, else as the file has them.</summary>
    public WeightForm? Weights { get; init; }

    /// <summary>ONNX Runtime's library or its folder; null to look for it.</summary>
    public string? OrtLibraryPath { get; init; }
}
