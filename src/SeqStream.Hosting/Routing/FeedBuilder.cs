using SeqStream.Contracts;
using SeqStream.Feeds;
using SeqStream.Hosting.Catalog;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Routing;

namespace SeqStream.Hosting.Routing;

/// <summary>Makes feeds by the name of their format.</summary>
public static class FeedBuilder
{
    /// <summary>Names of the formats.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["text", "tokens", "jsonl", "csv", "f32", "gray"];

    /// <summary>Creates a feed.</summary>
    /// <param name="options">Format and source.</param>
    /// <param name="input">The bytes; stays open.</param>
    /// <param name="model">The model that the frames are for.</param>
    /// <exception cref="ArgumentException">The format is unknown, or does not suit the model.</exception>
    public static IFrameFeed Create(FeedOptions options, Stream input, LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(model);
        return options.Format switch
        {
            "text" => new TextFeed(options.Source, input),
            "tokens" => new TokenFeed(options.Source, input),
            "jsonl" => new JsonLinesFeed(options.Source, input, options.StreamField ?? "stream", options.PassThrough),
            "csv" => new CsvFeed(options.Source, input, options.StreamField),
            "f32" => new RawFloatFeed(options.Source, input, RowNumbersOf(model)),
            "gray" => new GreyPictureFeed(options.Source, input, RowNumbersOf(model)),
            _ => throw new ArgumentException($"'{options.Format}' is no input format.{NearestName.Hint(options.Format, Formats)} Expected one of {string.Join(", ", Formats)}."),
        };
    }

    /// <summary>Creates a feed from a broker's topics. Payloads of a model that reads text are text unless the URI says otherwise, those of others JSON.</summary>
    /// <param name="uri">Broker, topics and options.</param>
    /// <param name="model">The model that the frames are for.</param>
    /// <param name="observer">Told what happens to the connection; may be null.</param>
    /// <exception cref="ArgumentException">The URI cannot be used; the message names every problem.</exception>
    public static MqttFeed Create(MqttUri uri, LoadedModel model, IMqttObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return MqttFeed.Create(uri, new MqttFeedOptions
        {
            Payload = model.Card.InputFormat is "text" or "tokens" ? "text" : "json",
            RowNumbers = model.FrameSignature.Inputs.Length == 1 ? model.Card.RowNumbers(model.FrameSignature.Inputs[0].ElementCount) : 0,
            Observer = observer,
        });
    }

    /// <summary>A front end that changes the width says how many numbers it takes; otherwise the model's inputs do.</summary>
    private static int RowNumbersOf(LoadedModel model)
    {
        int numbers = model.Card.FrontEndType == "vector" || model.FrameSignature.Inputs.Length != 1
            ? model.FrameSignature.Inputs.Sum(static port => port.ElementCount)
            : model.Card.RowNumbers(model.FrameSignature.Inputs[0].ElementCount);
        return numbers > 0 ? numbers : throw new ArgumentException($"Model '{model.Card.Name}' takes no numbers, so it cannot be fed from raw numbers.");
    }
}
