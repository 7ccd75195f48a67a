using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Session;

/// <summary>A message on its way to the broker and who waits for it.</summary>
internal sealed class OutgoingPublish(StoredPublish message)
{
    public StoredPublish Message = message;

    /// <summary>Place among all messages that were handed over, from 1; 0 for those that the client sends by itself.</summary>
    public long Number { get; set; }

    /// <summary>Completed when the broker has the message or it was given up; null if nobody waits.</summary>
    public TaskCompletionSource<PublishOutcome>? Completion { get; init; }

    /// <summary>Memory it takes while it waits.</summary>
    public int Bytes => Message.Topic.Length + Message.Properties.Length + Message.Payload.Length + 64;

    /// <summary>A message that was not sent yet.</summary>
    public static OutgoingPublish Of(PublishMessage message, MqttVersion version, TaskCompletionSource<PublishOutcome>? completion)
    {
        byte[] properties = version == MqttVersion.V5 ? message.EncodeProperties() : [];
        return new OutgoingPublish(new StoredPublish(0, message.Quality, message.IsRetained, IsReleased: false, Order: 0, message.EncodeTopic(), properties, message.Payload)) { Completion = completion };
    }
}
