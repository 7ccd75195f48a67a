namespace SeqStream.Onnx.Lowering;

/// <summary>What becomes of a recurrent node.</summary>
internal enum RecurrentForm
{
    /// <summary>It runs over its whole sequence inside one step and keeps nothing, as ONNX says.</summary>
    Sequence,
    /// <summary>Its sequence is the stream: it advances by one and keeps its state in the stream's row.</summary>
    Resident,
}
