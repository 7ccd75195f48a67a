namespace SeqStream.Hosting.Supervision;

/// <summary>A route failed for good, and the daemon ended because of it. The log has said so; the cause is the inner exception.</summary>
public sealed class RouteFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RouteFailedException(string route, Exception cause) : base($"Route '{route}' failed: {cause?.Message}", cause)
    {
    }
}
