namespace SeqStream.Hosting.Configuration;

/// <summary>When a daemon says that it is ready.</summary>
public enum ReadyRule
{
    /// <summary>When every route has reached its brokers once; a route that cannot ends the daemon.</summary>
    Connected,
    /// <summary>At once; routes that cannot start are tried again.</summary>
    Lazy,
}
