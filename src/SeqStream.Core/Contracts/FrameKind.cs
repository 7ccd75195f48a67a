namespace SeqStream.Contracts;

/// <summary>What an item of a stream's channel is. All kinds travel in the same channel and order.</summary>
public enum FrameKind
{
    /// <summary>Values or text to step on.</summary>
    Data,
    /// <summary>A new sequence begins: memory is cleared if there is any.</summary>
    Start,
    /// <summary>The sequence is complete: look-ahead is flushed, then memory is cleared.</summary>
    End,
    /// <summary>Memory is cleared at once; look-ahead not yet answered is dropped.</summary>
    Reset,
}
