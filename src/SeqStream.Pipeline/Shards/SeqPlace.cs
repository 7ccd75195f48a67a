namespace SeqStream.Pipeline.Shards;

/// <summary>Where a producer's counter stands among those of its stream.</summary>
internal enum SeqPlace : byte
{
    /// <summary>It is the next one, or the first.</summary>
    Next,
    /// <summary>One before it has not come.</summary>
    Early,
    /// <summary>It did not come when its turn was.</summary>
    Late,
    /// <summary>It came before.</summary>
    Repeated,
}
