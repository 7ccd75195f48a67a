namespace SeqStream.State;

/// <summary>Saved state that cannot be used: damaged, of another format version, or of another model. No stream was changed.</summary>
public sealed class StateSnapshotException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StateSnapshotException(string message) : base(message)
    {
    }
}
