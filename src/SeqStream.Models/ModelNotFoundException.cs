namespace SeqStream.Models;

/// <summary>No model has the name, or the file is absent. The message says where was looked and what comes near.</summary>
public sealed class ModelNotFoundException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ModelNotFoundException(string message) : base(message)
    {
    }
}
