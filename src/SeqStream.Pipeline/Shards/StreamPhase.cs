namespace SeqStream.Pipeline.Shards;

/// <summary>Where a stream stands in its shard.</summary>
internal enum StreamPhase : byte
{
    /// <summary>Nothing to do until its next frame.</summary>
    Idle,
    /// <summary>Waiting for a lane.</summary>
    Ready,
    /// <summary>Waiting for a lane; when its front end is empty the sequence ends.</summary>
    Ending,
}
