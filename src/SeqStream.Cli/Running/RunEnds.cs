using SeqStream.Audio;
using SeqStream.Cli.Output;
using SeqStream.Contracts;
using SeqStream.Feeds;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Routing;
using SeqStream.Hosting.Sound;
using SeqStream.Mqtt.Routing;

namespace SeqStream.Cli.Running;

/// <summary>Where the records of a run come from and where its emissions go.</summary>
/// <param name="Records">The source, and how its bytes are read.</param>
/// <param name="Sound">Set if the source is sound.</param>
/// <param name="FromBroker">Set if the source is a broker.</param>
/// <param name="Target">A file, or <see cref="Endpoint.StandardOutput"/>.</param>
/// <param name="ToBroker">Set if emissions go to a broker instead.</param>
internal sealed record RunEnds(FeedOptions Records, SoundSource? Sound, MqttUri? FromBroker, string Target, MqttUri? ToBroker)
{
    /// <summary>Records are JSON in a file or a pipe, so the first one can be looked at before the model is loaded.</summary>
    public bool CanPeek => FromBroker is null && Sound is null && Records.Format == "jsonl";

    /// <summary>The bytes to read; none from a broker or a device, which are opened by their feeds.</summary>
    public Stream OpenSource() => FromBroker is null && !AudioFeeds.IsUri(Records.Source) ? Endpoint.OpenInput(Records.Source) : Stream.Null;

    /// <summary>Where to write; nowhere if emissions go to a broker.</summary>
    public Stream OpenTarget() => ToBroker is null ? Endpoint.OpenOutput(Target) : Stream.Null;

    public IFrameFeed CreateFeed(LoadedModel model, Stream input, SoundInput? sound, SoundFit? fit, GapNotices gaps, Notices notices)
    {
        if (sound is not null) return sound.CreateFeed(fit!.RateHz, gaps.Tell);
        return FromBroker is null ? FeedBuilder.Create(Records, input, model) : FeedBuilder.Create(FromBroker, model, new BrokerNotices(notices));
    }

    /// <param name="model">Whose emissions are written.</param>
    /// <param name="output">From <see cref="OpenTarget"/>.</param>
    /// <param name="format">Null for the model's own, or JSON Lines where messages come from a broker.</param>
    /// <param name="notices">Told of the broker's connection.</param>
    public IEmissionSink CreateSink(LoadedModel model, Stream output, string? format, Notices notices)
    {
        if (ToBroker is not null) return MqttSink.Create(ToBroker, model.Card.Name, new BrokerNotices(notices));
        return SinkBuilder.Create(format ?? (FromBroker is null ? model.Card.OutputFormat : "jsonl"), output, model);
    }
}
