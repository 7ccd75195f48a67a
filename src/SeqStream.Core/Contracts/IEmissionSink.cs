namespace SeqStream.Contracts;

/// <summary>Delivers emissions to one place.</summary>
public interface IEmissionSink
{
    /// <summary>Delivers everything until the channel completes. Flushes whenever no further emission is waiting.</summary>
    Task WriteAsync(SinkContext context, CancellationToken cancellation);
}
