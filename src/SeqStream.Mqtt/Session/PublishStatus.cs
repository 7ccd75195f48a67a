namespace SeqStream.Mqtt.Session;

/// <summary>What became of a message to publish.</summary>
public enum PublishStatus
{
    /// <summary>The broker has acknowledged it; a message of QoS 0 has been handed to the connection.</summary>
    Delivered,
    /// <summary>The broker or one of its announced limits refused it; sending it again cannot help.</summary>
    Refused,
    /// <summary>It was given up because too many messages waited, or the client was closed.</summary>
    Dropped,
}
