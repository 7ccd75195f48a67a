namespace SeqStream.Contracts;

/// <summary>How reasons are written in records.</summary>
public static class EndReasonNames
{
    /// <summary>The word for a reason in UTF-8: <c>ended</c>, <c>evicted-idle</c>, <c>evicted-capacity</c>, <c>lost-in-restart</c>.</summary>
    public static ReadOnlySpan<byte> Utf8(this EndReason reason) => reason switch
    {
        EndReason.EvictedIdle => "evicted-idle"u8,
        EndReason.EvictedCapacity => "evicted-capacity"u8,
        EndReason.LostInRestart => "lost-in-restart"u8,
        _ => "ended"u8,
    };
}
