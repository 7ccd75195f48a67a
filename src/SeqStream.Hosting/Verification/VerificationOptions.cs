namespace SeqStream.Hosting.Verification;

/// <summary>How a model is verified. The same options give the same inputs, lengths and order of steps.</summary>
public sealed record VerificationOptions
{
    /// <summary>Rounds, each with streams of its own; at least 1.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Streams of a round, which share batches and begin at different times; at least 1.</summary>
    public int Streams { get; init; } = 3;

    /// <summary>Chooses inputs, lengths and the order of steps.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Source frames of every stream; 0 to draw lengths from the shortest possible one upwards.</summary>
    public int Length { get; init; }

    /// <summary>True if the model is known to be approximate: deviations are measured, and are no fault.</summary>
    public bool IsApproximate { get; init; }

    /// <summary>Greatest absolute difference that counts as equal.</summary>
    public double AbsoluteTolerance { get; init; } = 1e-4;

    /// <summary>Greatest difference as a share of the expected value that counts as equal.</summary>
    public double RelativeTolerance { get; init; } = 1e-5;

    /// <summary>ONNX Runtime's library or its folder; null to look for it.</summary>
    public string? OrtLibraryPath { get; init; }
}
