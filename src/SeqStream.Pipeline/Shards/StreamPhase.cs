namespace SeqStream.Pipeline.Shards;

/// <summary>Where a stream stands in its shard.</summary>
internal enum StreamPhase : byte
{
    /// <summary>Nothing to do until its next frame.</summary>
    Idle,
    /// <summary>Waiting for a lane.</summary>
    Ready,
    /// <summary>Waiting for a lane; when its front end is empty no more frames come.</summary>
    Ending,
    /// <summary>Waiting for a lane; when all answers are out the sequence ends.</summary>
    Flushing,
}
