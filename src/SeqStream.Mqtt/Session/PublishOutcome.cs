using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Session;

/// <summary>What became of a message to publish.</summary>
/// <param name="Status">Delivered, refused or dropped.</param>
/// <param name="Reason">The broker's reason.</param>
public readonly record struct PublishOutcome(PublishStatus Status, ReasonCode Reason);
