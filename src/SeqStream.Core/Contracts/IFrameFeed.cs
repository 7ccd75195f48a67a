namespace SeqStream.Contracts;

/// <summary>Reads frames from one source.</summary>
public interface IFrameFeed
{
    /// <summary>The source as people name it: <c>stdin</c>, a path, a URI.</summary>
    string Source { get; }

    /// <summary>Reads until the source ends or is cancelled, and writes every frame in order. Does not complete the channel. Ends streams it began with <see cref="FrameKind.End"/> when the source ends.</summary>
    Task ReadAsync(FeedContext context, CancellationToken cancellation);
}
