namespace SeqStream.Hosting.Supervision;

/// <summary>Where a route stands.</summary>
public enum RouteStatus
{
    /// <summary>It opens its feed and sinks.</summary>
    Starting,
    /// <summary>Its feed and sinks are open.</summary>
    Up,
    /// <summary>It failed and waits to start again.</summary>
    Waiting,
    /// <summary>Its feed ended and all is delivered, or whoever read its output has gone.</summary>
    Ended,
    /// <summary>It failed and is not started again.</summary>
    Failed,
    /// <summary>It was told to stop, and everything it read is delivered.</summary>
    Stopped,
}
