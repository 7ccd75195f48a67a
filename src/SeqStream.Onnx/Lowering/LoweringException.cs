namespace SeqStream.Onnx.Lowering;

/// <summary>A rule's refusal of one node. The lowering catches it and adds its <see cref="Blocker"/> to the refusal of the whole model.</summary>
public sealed class LoweringException : Exception
{
    /// <summary>Creates the refusal.</summary>
    public LoweringException(Blocker blocker, Exception? cause = null) : base(blocker?.ToString(), cause)
    {
        ArgumentNullException.ThrowIfNull(blocker);
        Blocker = blocker;
    }

    /// <summary>Node, reason and remedy.</summary>
    public Blocker Blocker { get; }
}
