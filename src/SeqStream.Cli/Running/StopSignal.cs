using System.Runtime.InteropServices;

namespace SeqStream.Cli.Running;

/// <summary>Asks a route to stop reading and deliver what it has, on Ctrl-C or SIGTERM. A second signal ends the process at once.</summary>
internal sealed class StopSignal : IDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private readonly CancellationTokenSource _stop = new();   // never disposed: it holds memory only, and a signal may come just when the run is over
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public StopSignal()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, Interrupt));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, Terminate));
    }

    /// <summary>Cancelled when the route is to stop.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Number of the signal that asked to stop; 0 if none did.</summary>
    public int Signal { get; private set; }

    /// <summary>Stops the route for a reason other than a signal.</summary>
    public void Stop() => _stop.Cancel();

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
    }

    private void Handle(PosixSignalContext context, int signal)
    {
        if (Signal != 0) return;
        context.Cancel = true;
        Signal = signal;
        _stop.Cancel();
    }
}
