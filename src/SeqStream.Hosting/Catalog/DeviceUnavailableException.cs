namespace SeqStream.Hosting.Catalog;

/// <summary>The device asked for is not there, or the executor asked for cannot use it.</summary>
public sealed class DeviceUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DeviceUnavailableException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}
