using SeqStream.Mqtt.Sparkplug;

namespace SeqStream.Mqtt.Payloads;

/// <summary>The built-in payload formats by name.</summary>
public static class PayloadFormats
{
    /// <summary>Names of the formats.</summary>
    public static IReadOnlyList<string> Names { get; } = ["json", "csv", "f32le", "s16le", "text", "sparkplug"];

    /// <summary>Creates a decoder.</summary>
    /// <param name="format">One of <see cref="Names"/>.</param>
    /// <param name="rowNumbers">For raw numbers: numbers of a row; 0 for the sum of the model's inputs.</param>
    /// <param name="metrics">For Sparkplug: the metrics that make a row, in order; empty for all numbers of the birth certificate.</param>
    /// <exception cref="ArgumentException">The format is unknown.</exception>
    public static IPayloadDecoder Create(string format, int rowNumbers = 0, IReadOnlyList<string>? metrics = null) => format switch
    {
        "json" => new JsonDecoder(),
        "csv" => new CsvDecoder(),
        "f32le" => new RawDecoder(RawNumber.Float32, rowNumbers),
        "s16le" => new RawDecoder(RawNumber.Int16, rowNumbers),
        "text" => new TextDecoder(),
        "sparkplug" => new SparkplugDecoder(metrics ?? []),
        _ => throw new ArgumentException($"'{format}' is no payload format. Expected one of {string.Join(", ", Names)}."),
    };
}
