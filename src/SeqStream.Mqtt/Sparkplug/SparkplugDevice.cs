namespace SeqStream.Mqtt.Sparkplug;

/// <summary>What is known of a node or a device since its birth certificate.</summary>
internal sealed class SparkplugDevice
{
    /// <summary>Names by alias.</summary>
    public Dictionary<ulong, string> Aliases { get; } = [];

    /// <summary>Last values of the metrics that are numbers.</summary>
    public Dictionary<string, double> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>The metrics that make a row, in order.</summary>
    public IReadOnlyList<string> Row { get; set; } = [];
}
