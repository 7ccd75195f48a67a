using System.Globalization;
using System.Net.Sockets;

namespace SeqStream.Mqtt.Connection;

/// <summary>A broker behind TCP, with TLS if options for it are given.</summary>
/// <param name="host">Name or address.</param>
/// <param name="port">Port; MQTT has 1883, with TLS 8883.</param>
/// <param name="tls">How the broker is verified; null for no TLS.</param>
public sealed class TcpTransport(string host, int port, TlsOptions? tls = null) : ITransport
{
    /// <inheritdoc/>
    public string Address { get; } = string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");

    /// <inheritdoc/>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellation).ConfigureAwait(false);
            NetworkStream stream = new(socket, ownsSocket: true);
            return tls is null ? stream : await TlsHandshake.OpenAsync(stream, host, tls, cancellation).ConfigureAwait(false);
        }
        catch (SocketException problem)
        {
            socket.Dispose();
            throw new IOException(problem.Message, problem);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
