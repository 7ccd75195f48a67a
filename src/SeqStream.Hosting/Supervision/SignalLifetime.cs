using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace SeqStream.Hosting.Supervision;

/// <summary>
/// The life of a host that is a daemon: the first SIGTERM or SIGINT ends it in good order, the second at once, as if nobody had listened; SIGHUP reads the configuration again.
/// </summary>
/// <param name="lifetime">The host's life.</param>
/// <param name="daemon">The daemon.</param>
public sealed class SignalLifetime(IHostApplicationLifetime lifetime, Daemon daemon) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, Reload));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _signals) > 1) return;
        context.Cancel = true;
        lifetime.StopApplication();
    }

    private void Reload(PosixSignalContext context)
    {
        context.Cancel = true;
        daemon.RequestReload();
    }
}
