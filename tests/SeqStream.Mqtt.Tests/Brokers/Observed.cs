using System.Collections.Concurrent;
using SeqStream.Mqtt.Client;

namespace SeqStream.Mqtt.Tests.Brokers;

/// <summary>Keeps what happened to a client.</summary>
internal sealed class Observed : IMqttObserver
{
    private readonly ConcurrentQueue<MqttEvent> _events = new();

    public IReadOnlyList<MqttEvent> Events => [.. _events];

    public void Observe(in MqttEvent occurrence) => _events.Enqueue(occurrence);

    public MqttEvent Only(MqttEventKind kind) => Assert.Single(Events, occurrence => occurrence.Kind == kind);

    public bool Has(MqttEventKind kind) => _events.Any(occurrence => occurrence.Kind == kind);
}
