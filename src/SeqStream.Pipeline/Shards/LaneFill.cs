namespace SeqStream.Pipeline.Shards;

/// <summary>What came of an attempt to give a stream a lane.</summary>
internal enum LaneFill : byte
{
    /// <summary>The stream has nothing to step.</summary>
    Nothing,
    /// <summary>The lane is ready.</summary>
    Ready,
    /// <summary>The stream has a frame, but must wait for room.</summary>
    Waits,
}
