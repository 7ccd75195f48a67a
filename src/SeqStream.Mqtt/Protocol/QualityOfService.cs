namespace SeqStream.Mqtt.Protocol;

/// <summary>What MQTT promises of a message between a client and its broker.</summary>
public enum QualityOfService
{
    /// <summary>QoS 0: sent once, never repeated; lost if the connection breaks.</summary>
    AtMostOnce = 0,
    /// <summary>QoS 1: repeated until it is acknowledged.</summary>
    AtLeastOnce = 1,
    /// <summary>QoS 2: repeated until it is acknowledged, and recognised when it is repeated.</summary>
    ExactlyOnce = 2,
}
