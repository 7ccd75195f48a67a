namespace SeqStream.Mqtt.Protocol;

/// <summary>A version of the protocol; the value is the level that CONNECT carries.</summary>
public enum MqttVersion
{
    /// <summary>MQTT 3.1.1: no properties, no reason in an acknowledgement, no receive maximum.</summary>
    V311 = 4,
    /// <summary>MQTT 5.</summary>
    V5 = 5,
}
