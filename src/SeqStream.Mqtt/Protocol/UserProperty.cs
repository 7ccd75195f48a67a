namespace SeqStream.Mqtt.Protocol;

/// <summary>A name and a value that travel with a message. Names may repeat. MQTT 5 only.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value.</param>
public readonly record struct UserProperty(string Name, string Value);
