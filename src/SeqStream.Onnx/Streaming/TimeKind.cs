namespace SeqStream.Onnx.Streaming;

/// <summary>What a value of a whole-sequence model has to do with the stream's time.</summary>
internal enum TimeKind
{
    /// <summary>Nothing: it is the same for every step of a sequence.</summary>
    Fixed,
    /// <summary>It has a time axis, and each step of it depends on that step and earlier ones only.</summary>
    EveryStep,
    /// <summary>It depends on the whole sequence and belongs to its last step.</summary>
    LastStep,
    /// <summary>It is a state before the first step.</summary>
    Initial,
}
