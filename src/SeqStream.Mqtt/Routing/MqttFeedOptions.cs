using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Payloads;

namespace SeqStream.Mqtt.Routing;

/// <summary>What a feed's URI does not say.</summary>
public sealed record MqttFeedOptions
{
    /// <summary>How payloads are read if the URI does not say; one of <see cref="PayloadFormats.Names"/>. Default <c>json</c>.</summary>
    public string Payload { get; init; } = "json";

    /// <summary>Numbers of a row of raw numbers; 0 (the default) for the sum of the model's inputs.</summary>
    public int RowNumbers { get; init; }

    /// <summary>A decoder for payloads instead of a named one, or null.</summary>
    public IPayloadDecoder? Decoder { get; init; }

    /// <summary>See <see cref="MqttFeed.AcknowledgesAtOnce"/>.</summary>
    public bool AcknowledgesAtOnce { get; init; }

    /// <summary>Told what happens to the client; may be null.</summary>
    public IMqttObserver? Observer { get; init; }
}
