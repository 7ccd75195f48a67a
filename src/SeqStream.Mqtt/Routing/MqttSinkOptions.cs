using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Routing;

/// <summary>How emissions are published.</summary>
public sealed record MqttSinkOptions
{
    /// <summary>Where emissions go.</summary>
    public required TopicTemplate Topic { get; init; }

    /// <summary>Quality of service. Default at least once.</summary>
    public QualityOfService Quality { get; init; } = QualityOfService.AtLeastOnce;

    /// <summary>True if the broker keeps the last emission of each topic. Default false.</summary>
    public bool IsRetained { get; init; }

    /// <summary>Name of this process among others; null for no status. With it, <c>seqstream/NODE/status</c> says <c>online</c> or <c>offline</c>, kept by the broker.</summary>
    public string? Node { get; init; }

    /// <summary>Name of the route, the first part of every emission's identity.</summary>
    public string Route { get; init; } = "seqstream";

    /// <summary>What is put around an emission. Default nothing.</summary>
    public SinkEnvelope Envelope { get; init; }

    /// <summary>First level of Home Assistant's discovery topics, usually <c>homeassistant</c>; null (the default) for no discovery.</summary>
    public string? DiscoveryPrefix { get; init; }

    /// <summary>Most streams that discovery announces. Default 256.</summary>
    public int MaxDiscovered { get; init; } = 256;

    /// <summary>How long the last emissions may take to be acknowledged when the route ends. Default 10 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    internal string? StatusTopic => Node is null ? null : $"seqstream/{Node}/status";
}
