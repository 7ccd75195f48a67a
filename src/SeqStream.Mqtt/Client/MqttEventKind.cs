namespace SeqStream.Mqtt.Client;

/// <summary>What happened to a client.</summary>
public enum MqttEventKind
{
    /// <summary>A connection is open and accepted.</summary>
    Connected,
    /// <summary>A connection could not be opened or was refused.</summary>
    ConnectFailed,
    /// <summary>An open connection ended.</summary>
    Disconnected,
    /// <summary>The broker does not know the session any more: what it had not delivered is lost, and so are acknowledgements on their way.</summary>
    SessionLost,
    /// <summary>Another client took the session over; this one waits long before it comes back.</summary>
    SessionTakenOver,
    /// <summary>A received message was refused: it broke a limit of this client. It was acknowledged, so that it does not come again.</summary>
    MessageRefused,
    /// <summary>A received message of QoS 0 was dropped because the receiver was behind.</summary>
    MessageDropped,
    /// <summary>A message to publish was dropped because too many waited.</summary>
    PublishDropped,
    /// <summary>A message to publish was refused.</summary>
    PublishRefused,
    /// <summary>A subscription was refused.</summary>
    SubscriptionRefused,
    /// <summary>Something to know about how the client is set up.</summary>
    Notice,
}
