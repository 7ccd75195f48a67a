using System.Collections.Immutable;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Sound;
using SeqStream.Pipeline;

namespace SeqStream.Hosting.Configuration;

/// <summary>One route of a daemon: a model between a feed and its sinks.</summary>
public sealed record RouteOptions
{
    /// <summary>Its name: in logs, metrics and the store.</summary>
    public required string Name { get; init; }

    /// <summary>A name in the catalog, a folder with a card, or an <c>.onnx</c> file.</summary>
    public required string Model { get; init; }

    /// <summary>Executor, device and what the model's file leaves open.</summary>
    public ModelLoadOptions Load { get; init; } = new();

    /// <summary>Where frames come from: <c>stdin</c>, a file, a broker's topics, a sound device or a command that writes sound.</summary>
    public required string Feed { get; init; }

    /// <summary>Format of the feed's records; null for the model's own, and for brokers.</summary>
    public string? InputFormat { get; init; }

    /// <summary>How sound is written and mixed, if the feed is sound.</summary>
    public SoundSource Sound { get; init; } = new() { Name = "" };

    /// <summary>True if something was said about sound.</summary>
    public bool HasSoundKeys { get; init; }

    /// <summary>The JSON member or CSV column that names the stream; null for the format's own.</summary>
    public string? StreamField { get; init; }

    /// <summary>True to copy JSON members that mean nothing here to the emissions of their record.</summary>
    public bool PassThrough { get; init; }

    /// <summary>Where emissions go: <c>stdout</c>, files, or brokers' topics.</summary>
    public ImmutableArray<string> Sinks { get; init; } = [];

    /// <summary>Format of records that go to stdout and files; null for the model's own.</summary>
    public string? OutputFormat { get; init; }

    /// <summary>True to keep its streams in the state directory.</summary>
    public bool IsDurable { get; init; }

    /// <summary>Longest time between a frame and the checkpoint that contains it.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Frames that may wait for their acknowledgement before a checkpoint is made early; null for half of what the broker sends without one.</summary>
    public int? CommitReceipts { get; init; }

    /// <summary>How long a stream may be quiet before only its record in the store remains; zero for ever.</summary>
    public TimeSpan HibernateAfter { get; init; }

    /// <summary>What happens to a stream whose stored record cannot be used.</summary>
    public LostStatePolicy OnLostState { get; init; }

    /// <summary>How long a stream that is not kept may be quiet before it ends; zero for ever.</summary>
    public TimeSpan EndAfter { get; init; }

    /// <summary>What happens to frames when the model or a sink is behind.</summary>
    public OverflowPolicy Overflow { get; init; }

    /// <summary>What is done about frames out of order, by their <c>seq</c>.</summary>
    public FrameOrderOptions Order { get; init; } = new();

    /// <summary>What is done about missing frames, by their time or <c>seq</c>.</summary>
    public GapOptions Gaps { get; init; } = new();

    /// <summary>What happens to the memory of live streams when a reload finds another model in the same files.</summary>
    public SwapPolicy Swap { get; init; }

    /// <summary>Last frames of each stream that are kept to build its memory anew for another model; 0 for none.</summary>
    public int KeptFrames { get; init; }

    /// <summary>Shards, each one thread.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Most lanes of one step.</summary>
    public int MaxBatch { get; init; } = 128;

    /// <summary>How long a shard may wait for a fuller batch.</summary>
    public TimeSpan MaxWait { get; init; }

    /// <summary>What happens when it fails after it was up.</summary>
    public FailureRule OnError { get; init; }

    /// <summary>The same for the same settings; a reload leaves such a route alone.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Where the keys stand.</summary>
    internal ConfigMap? Map { get; init; }

    /// <summary>[sink] where each stands.</summary>
    internal ImmutableArray<ConfigPlace> SinkPlaces { get; init; } = [];
}
