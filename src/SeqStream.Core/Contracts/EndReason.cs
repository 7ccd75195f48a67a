namespace SeqStream.Contracts;

/// <summary>Why a sequence is over.</summary>
public enum EndReason
{
    /// <summary>Its feed said so, or the source ended.</summary>
    Ended,
    /// <summary>No frame came for longer than streams may be quiet.</summary>
    EvictedIdle,
    /// <summary>It was quiet for longest when another stream needed room.</summary>
    EvictedCapacity,
    /// <summary>What was stored of it before a restart cannot be used: damaged, or of other weights. It begins anew.</summary>
    LostInRestart,
}
