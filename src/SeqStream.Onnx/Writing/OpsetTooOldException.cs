namespace SeqStream.Onnx.Writing;

/// <summary>A node needs a newer operator set than the one that is being written; the writer starts again with it.</summary>
internal sealed class OpsetTooOldException(int needed) : Exception
{
    /// <summary>The oldest version that has the operator.</summary>
    public int Needed { get; } = needed;
}
