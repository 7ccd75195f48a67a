namespace SeqStream.Mqtt.Connection;

/// <summary>A broker behind a WebSocket with subprotocol <c>mqtt</c>. Proxies are not used.</summary>
/// <param name="uri">ws:// or wss://, with the broker's path.</param>
/// <param name="tls">How the broker is verified; null for none or the system's authorities.</param>
public sealed class WebSocketTransport(Uri uri, TlsOptions? tls = null) : ITransport
{
    /// <inheritdoc/>
    public string Address => uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.Unescaped);

    /// <inheritdoc/>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        TcpTransport below = new(uri.IdnHost, uri.Port, uri.Scheme == "wss" ? tls ?? new TlsOptions() : null);
        Stream connection = await below.ConnectAsync(cancellation).ConfigureAwait(false);
        try
        {
            return new WebSocketBytes(await WebSocketHandshake.OpenAsync(connection, uri, "mqtt", cancellation).ConfigureAwait(false));
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
