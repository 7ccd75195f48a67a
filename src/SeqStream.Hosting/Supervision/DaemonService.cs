using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SeqStream.Hosting.Supervision;

/// <summary>A <see cref="Daemon"/> as a service of a generic host. When the daemon ends, however it does, so does the host.</summary>
/// <param name="daemon">The daemon; disposed by its owner.</param>
/// <param name="log">Makes the log.</param>
/// <param name="lifetime">The host's life.</param>
public sealed class DaemonService(Daemon daemon, ILoggerFactory log, IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <summary>What the daemon ended of; null if it ended as it should.</summary>
    public Exception? Failure { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await daemon.RunAsync(log.CreateLogger("SeqStream"), stoppingToken).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            Failure = fault;
        }
        lifetime.StopApplication();
    }
}
