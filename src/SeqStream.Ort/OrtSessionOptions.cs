using System.Collections.Immutable;

namespace SeqStream.Ort;

/// <summary>How a session runs. The defaults suit steps: one thread, nodes in sequence, every optimisation, the processor only.</summary>
public sealed record OrtSessionOptions
{
    /// <summary>Threads inside an operator; 0 lets ONNX Runtime choose. Default 1.</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Threads across operators; ONNX Runtime runs nodes in sequence, so more than 1 changes nothing. Default 1.</summary>
    public int InterOpThreads { get; init; } = 1;

    /// <summary>Graph rewriting. Default <see cref="OrtOptimization.All"/>.</summary>
    public OrtOptimization Optimization { get; init; } = OrtOptimization.All;

    /// <summary>Execution providers in order of preference; nodes that none takes run on the processor. Default none.</summary>
    public ImmutableArray<OrtProvider> Providers { get; init; } = [];

    /// <summary>Further settings by ONNX Runtime's own keys, such as <c>session.set_denormal_as_zero</c>. Default none.</summary>
    public ImmutableDictionary<string, string> Settings { get; init; } = ImmutableDictionary<string, string>.Empty;
}
