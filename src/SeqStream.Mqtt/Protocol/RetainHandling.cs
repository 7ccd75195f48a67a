namespace SeqStream.Mqtt.Protocol;

/// <summary>Whether a subscription begins with the messages that the broker keeps (MQTT 5).</summary>
public enum RetainHandling
{
    /// <summary>Send them at every subscribing.</summary>
    Send = 0,
    /// <summary>Send them if the subscription did not exist yet.</summary>
    SendIfNew = 1,
    /// <summary>Send none.</summary>
    None = 2,
}
