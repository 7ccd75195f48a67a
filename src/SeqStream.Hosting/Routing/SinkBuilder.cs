using SeqStream.Contracts;
using SeqStream.Feeds;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Hosting.Routing;

/// <summary>Makes sinks by the name of their format.</summary>
public static class SinkBuilder
{
    /// <summary>Names of the formats.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["jsonl", "text", "csv", "f32"];

    /// <summary>Creates a sink.</summary>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="output">The bytes; stays open.</param>
    /// <param name="model">The model that the emissions come from.</param>
    /// <exception cref="ArgumentException">The format is unknown, or cannot hold what the model's decoder says.</exception>
    public static IEmissionSink Create(string format, Stream output, LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(model);
        return format switch
        {
            "jsonl" => new JsonLinesSink(output),
            "text" => new TextSink(output),
            "csv" or "f32" when model.Timing is { } timing && timing.Outputs.Any(answer => !answer.IsInStepWith(timing.Outputs[0])) => throw new ArgumentException(
                $"Output format '{format}' holds rows of one length, but model '{model.Card.Name}' answers its outputs at different times. Use --out jsonl."),
            "csv" => new CsvSink(output),
            "f32" when model.Card.DecoderType == "vector" => new RawFloatSink(output),
            "f32" => throw new ArgumentException($"Output format 'f32' holds numbers only, but model '{model.Card.Name}' answers with its decoder '{model.Card.DecoderType}'. Use --out text, csv or jsonl."),
            _ => throw new ArgumentException($"'{format}' is no output format.{NearestName.Hint(format, Formats)} Expected one of {string.Join(", ", Formats)}."),
        };
    }
}
