namespace SeqStream.Contracts;

/// <summary>Delivers emissions to one place.</summary>
public interface IEmissionSink
{
    /// <summary>Delivers everything until the channel completes. Flushes whenever no further emission is waiting, and in front of a <see cref="EmissionKind.Barrier"/>, which it then calls and returns to the pool.</summary>
    Task WriteAsync(SinkContext context, CancellationToken cancellation);
}
