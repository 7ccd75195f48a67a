namespace SeqStream.Pipeline;

/// <summary>What a stream does where frames are missing.</summary>
public enum GapPolicy
{
    /// <summary>It goes on as if nothing were missing.</summary>
    Keep,
    /// <summary>It forgets what was before, as after a reset.</summary>
    Reset,
    /// <summary>It steps the last frame again for each one that is missing, up to a limit.</summary>
    Fill,
}
