namespace SeqStream.Feeds;

/// <summary>Whoever read a sink's output has gone, as <c>head</c> does when it has enough. Nothing is wrong with the route.</summary>
public sealed class SinkClosedException : IOException
{
    /// <summary>Creates the exception.</summary>
    public SinkClosedException(Exception inner) : base("The reader of the output has gone.", inner)
    {
    }
}
