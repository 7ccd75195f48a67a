namespace SeqStream.Mqtt.Client;

/// <summary>What to do with a message when too many wait already.</summary>
public enum MqttOverflow
{
    /// <summary>Wait for room.</summary>
    Wait,
    /// <summary>Drop the message that waits longest, and count it.</summary>
    DropOldest,
    /// <summary>Drop the message that comes, and count it.</summary>
    DropNewest,
}
