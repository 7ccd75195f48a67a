using System.Threading.Channels;
using SeqStream.Contracts;

namespace SeqStream.Pipeline.Branching;

/// <summary>Notes emissions for an <see cref="Agreement"/> on their way to a sink.</summary>
/// <param name="agreement">Compares them with the other model's.</param>
/// <param name="isShadow">True if they are the shadow's.</param>
/// <param name="sink">Where they go; null if nobody wants them.</param>
public sealed class AgreementSink(Agreement agreement, bool isShadow, IEmissionSink? sink) : IEmissionSink
{
    private const int Capacity = 1024;

    /// <inheritdoc/>
    public async Task WriteAsync(SinkContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        Channel<Emission>? noted = sink is null ? null : Channel.CreateBounded<Emission>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });
        if (noted is null)
        {
            await NoteAsync(context, null, cancellation).ConfigureAwait(false);
            return;
        }
        using CancellationTokenSource closed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task noting = NoteAsync(context, noted.Writer, closed.Token);
        try
        {
            await sink!.WriteAsync(context with { Emissions = noted.Reader }, cancellation).ConfigureAwait(false);
        }
        finally
        {
            await closed.CancelAsync().ConfigureAwait(false);
            await noting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (noting.IsFaulted) await noting.ConfigureAwait(false);
    }

    private async Task NoteAsync(SinkContext context, ChannelWriter<Emission>? noted, CancellationToken cancellation)
    {
        try
        {
            while (await context.Emissions.WaitToReadAsync(cancellation).ConfigureAwait(false))
            {
                while (context.Emissions.TryRead(out Emission? emission))
                {
                    if (emission.Kind != EmissionKind.Barrier) agreement.Note(isShadow, context.Streams.Utf8Name(emission.Stream), emission);
                    if (noted is null)
                    {
                        emission.Barrier?.Reached();
                        context.Pool.Return(emission);
                    }
                    else if (!noted.TryWrite(emission)) await noted.WriteAsync(emission, cancellation).ConfigureAwait(false);
                }
            }
            noted?.TryComplete();
        }
        catch (Exception fault)
        {
            noted?.TryComplete(fault);
            throw;
        }
    }
}
