namespace SeqStream.Mqtt.Client;

/// <summary>An authentication in several messages (MQTT 5, section 4.12).</summary>
public interface IMqttAuthenticator
{
    /// <summary>The method's name, as the broker knows it.</summary>
    string Method { get; }

    /// <summary>The first thing to say; called for every connection.</summary>
    byte[] Begin();

    /// <summary>The answer to what the broker said.</summary>
    byte[] Continue(ReadOnlySpan<byte> challenge);
}
