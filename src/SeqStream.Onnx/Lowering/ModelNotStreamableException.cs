using System.Collections.Immutable;

namespace SeqStream.Onnx.Lowering;

/// <summary>A model cannot be run step by step. The message lists every blocking node with reason and remedy.</summary>
public sealed class ModelNotStreamableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ModelNotStreamableException(string file, ImmutableArray<Blocker> blockers)
        : base($"Model '{file}' cannot run step by step:{string.Concat(blockers.Select(static blocker => $"\n  {blocker}"))}")
    {
        Blockers = blockers;
    }

    /// <summary>The reasons.</summary>
    public ImmutableArray<Blocker> Blockers { get; }
}
