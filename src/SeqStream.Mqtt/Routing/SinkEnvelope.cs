namespace SeqStream.Mqtt.Routing;

/// <summary>What is put around an emission.</summary>
public enum SinkEnvelope
{
    /// <summary>Nothing: the emission's JSON alone.</summary>
    None,
    /// <summary>CloudEvents 1.0: attributes as user properties in MQTT 5 (binary mode), around the JSON in MQTT 3.1.1 (structured mode).</summary>
    CloudEvents,
}
