namespace SeqStream.Hosting.Routing;

/// <summary>Where records come from and how they are written.</summary>
public sealed record FeedOptions
{
    /// <summary>One of <see cref="FeedBuilder.Formats"/>.</summary>
    public required string Format { get; init; }

    /// <summary>The source as people name it.</summary>
    public string Source { get; init; } = "stdin";

    /// <summary>The member or column that names the stream; null for the format's own.</summary>
    public string? StreamField { get; init; }

    /// <summary>True to clear a stream's memory where the producer's counter of JSON Lines or CSV leaves numbers out.</summary>
    public bool ResetsOnGap { get; init; }

    /// <summary>True to copy JSON members that mean nothing here to the emissions of their record.</summary>
    public bool PassThrough { get; init; }
}
