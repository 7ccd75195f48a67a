using System.Collections.Immutable;

namespace SeqStream.Hosting.Verification;

/// <summary>What came of verifying a model.</summary>
public sealed record VerificationReport
{
    /// <summary>Who says what is right: ONNX Runtime, or the native executor on whole sequences.</summary>
    public required string Reference { get; init; }

    /// <summary>Streams that were run.</summary>
    public required int Streams { get; init; }

    /// <summary>Source frames, or steps of a step model, of all streams together.</summary>
    public required long Frames { get; init; }

    /// <summary>True if deviations are expected and only measured.</summary>
    public bool IsApproximate { get; init; }

    /// <summary>The model's outputs, steps against <see cref="Reference"/>.</summary>
    public required ImmutableArray<WireDeviation> Outputs { get; init; }

    /// <summary>Every value that steps and whole sequence both have, in the model's order; empty for a step model.</summary>
    public ImmutableArray<WireDeviation> Nodes { get; init; } = [];

    /// <summary>Values that the native executor computes otherwise than ONNX Runtime on one call; looked at only where outputs differ and no step does.</summary>
    public ImmutableArray<WireDeviation> Operators { get; init; } = [];

    /// <summary>Remarks for people.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>True if every output and every value is equal within the tolerance.</summary>
    public bool IsEqual => Outputs.Concat(Nodes).All(static deviation => deviation.Differences == 0);

    /// <summary>The first value, in the model's order, whose steps differ from the whole sequence; else the first that is computed otherwise than ONNX Runtime does; null if none is.</summary>
    public WireDeviation? FirstDifference => Nodes.Concat(Operators).FirstOrDefault(static deviation => deviation.Differences > 0);
}
