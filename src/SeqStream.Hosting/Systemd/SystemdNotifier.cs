using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace SeqStream.Hosting.Systemd;

/// <summary>
/// Tells the service manager how the daemon is doing, by datagrams to the socket that <c>NOTIFY_SOCKET</c> names (sd_notify(3)). Without a socket, or when nobody listens,
/// nothing happens. Any thread.
/// </summary>
public sealed class SystemdNotifier : IDisposable
{
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _address;
    private readonly TimeProvider _time;

    /// <summary>Creates the notifier.</summary>
    /// <param name="socket">Path of the socket, or <c>@</c> and a name of the abstract namespace; null or empty for none.</param>
    /// <param name="time">The clock.</param>
    public SystemdNotifier(string? socket, TimeProvider time)
    {
        _time = time;
        if (string.IsNullOrEmpty(socket) || socket[0] is not ('/' or '@') || !Socket.OSSupportsUnixDomainSockets) return;
        try
        {
            _address = new UnixDomainSocketEndPoint(socket[0] == '@' ? '\0' + socket[1..] : socket);
            _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = 1000 };
        }
        catch (Exception fault) when (fault is SocketException or ArgumentException or PlatformNotSupportedException)
        {
            _socket = null;
        }
    }

    /// <summary>Everything is loaded and connected, or a reload is over.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>A reload begins. <see cref="Ready"/> ends it.</summary>
    public void Reloading() => Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={(long)(_time.GetTimestamp() * (1e6 / _time.TimestampFrequency))}"));

    /// <summary>The daemon is about to end.</summary>
    public void Stopping(string status) => Send($"STOPPING=1\nSTATUS={OneLine(status)}");

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string status) => Send($"STATUS={OneLine(status)}");

    /// <summary>Streams are being stepped: the service manager may wait once more as long as it does.</summary>
    public void Alive() => Send("WATCHDOG=1");

    /// <summary>How long the service manager waits for <see cref="Alive"/> before it ends this process; null if it does not.</summary>
    /// <param name="microseconds">Value of <c>WATCHDOG_USEC</c>.</param>
    /// <param name="process">Value of <c>WATCHDOG_PID</c>: the process that is meant; null for any.</param>
    public static TimeSpan? WatchdogPeriod(string? microseconds, string? process)
    {
        if (!long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long period) || period <= 0) return null;
        bool isMeant = string.IsNullOrEmpty(process) || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isMeant ? TimeSpan.FromMicroseconds(period) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private void Send(string assignments)
    {
        if (_socket is null) return;
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(assignments), _address!);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // Nobody listens: the daemon works all the same.
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
