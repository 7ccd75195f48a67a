namespace SeqStream.Pipeline;

/// <summary>What a durable route does when a stream comes back whose stored record cannot be used: it is damaged, or was made with other weights.</summary>
public enum LostStatePolicy
{
    /// <summary>The route ends with the reason; the record stays as it is.</summary>
    Stop,
    /// <summary>The stream begins anew, after an end with the reason <see cref="Contracts.EndReason.LostInRestart"/> that is told and counted. The other streams go on.</summary>
    BeginAnew,
}
