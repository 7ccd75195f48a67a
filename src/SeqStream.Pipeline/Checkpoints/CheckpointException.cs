namespace SeqStream.Pipeline.Checkpoints;

/// <summary>The state directory cannot be opened, read or written. The message says which, why, and what to do.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CheckpointException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public CheckpointException(string message, Exception cause) : base(message, cause)
    {
    }
}
