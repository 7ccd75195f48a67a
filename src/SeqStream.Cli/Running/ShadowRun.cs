using System.Globalization;
using SeqStream.Cli.Output;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Routing;
using SeqStream.Pipeline;
using SeqStream.Pipeline.Branching;

namespace SeqStream.Cli.Running;

/// <summary>A model that runs beside another on the same feed: what it says goes to a file, or is compared.</summary>
internal sealed class ShadowRun(LoadedModel model, Stream? output) : IDisposable
{
    private readonly Agreement _agreement = new();

    /// <summary>Runs both routes to their ends.</summary>
    public async Task<RouteSummary> RunAsync(IFrameFeed feed, StageFactory stages, IEmissionSink sink, EngineOptions options, IFaultReporter faults, CancellationToken cancellation)
    {
        using FanOut fan = new(feed, 2);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        IEmissionSink first = output is null ? new AgreementSink(_agreement, isShadow: false, sink) : sink;
        IEmissionSink second = output is null ? new AgreementSink(_agreement, isShadow: true, null) : SinkBuilder.Create("jsonl", output, model);
        Task<RouteSummary> answering = EndBothAsync(new Route(fan.Branches[0], stages, first, options, faults).RunAsync(both.Token), both);
        Task<RouteSummary> beside = EndBothAsync(new Route(fan.Branches[1], model.Stages, second, options, new Unheard()).RunAsync(both.Token), both);
        await Task.WhenAll(answering, beside).ConfigureAwait(false);
        return await answering.ConfigureAwait(false);
    }

    /// <summary>Says how far the two agree.</summary>
    public void Tell(Notices notices)
    {
        if (output is not null) return;
        double percent = _agreement.Compared == 0 ? 0 : 100.0 * _agreement.Agreed / _agreement.Compared;
        notices.Write(string.Create(CultureInfo.InvariantCulture,
            $"shadow '{model.Card.Name}' agrees in {_agreement.Agreed} of {_agreement.Compared} emissions ({percent:0.##} %); numbers differ by {_agreement.LargestDifference:g3} at most; {_agreement.Alone} have no counterpart"));
    }

    public void Dispose()
    {
        output?.Dispose();
        model.Dispose();
    }

    /// <summary>When one route is over, the other steps what is left and ends too.</summary>
    private static async Task<RouteSummary> EndBothAsync(Task<RouteSummary> route, CancellationTokenSource both)
    {
        try
        {
            return await route.ConfigureAwait(false);
        }
        finally
        {
            await both.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The first route tells what both refuse.</summary>
    private sealed class Unheard : IFaultReporter
    {
        public void Report(in RecordFault fault)
        {
        }
    }
}
