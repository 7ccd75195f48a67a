namespace SeqStream.Mqtt.Client;

/// <summary>Told what happens to a client. Any thread may call it; it must return soon and must not call the client.</summary>
public interface IMqttObserver
{
    /// <summary>Something happened.</summary>
    void Observe(in MqttEvent occurrence);
}
