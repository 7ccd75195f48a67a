namespace SeqStream.Native.Handles;

/// <summary>A batch with the list in which its sessions are gathered.</summary>
internal sealed class BatchHandle(StreamBatch batch) : IDisposable
{
    /// <summary>What steps them.</summary>
    public StreamBatch Batch { get; } = batch;

    /// <summary>[place] the sessions of the step.</summary>
    public StreamSession[] Sessions { get; } = new StreamSession[batch.MaxSessions];

    public void Dispose() => Batch.Dispose();
}
