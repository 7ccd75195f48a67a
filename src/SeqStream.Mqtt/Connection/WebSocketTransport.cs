using System.Net.Http;
using System.Net.WebSockets;
using System.Security.Authentication;

namespace SeqStream.Mqtt.Connection;

/// <summary>A broker behind a WebSocket with subprotocol <c>mqtt</c>.</summary>
/// <param name="uri">ws:// or wss://, with the broker's path.</param>
/// <param name="tls">How the broker is verified; null for none or the system's authorities.</param>
public sealed class WebSocketTransport(Uri uri, TlsOptions? tls = null) : ITransport
{
    /// <inheritdoc/>
    public string Address => uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.Unescaped);

    /// <inheritdoc/>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        ClientWebSocket socket = new();
        TlsVerdict verdict = new(tls ?? new TlsOptions(), uri.Host);
        socket.Options.AddSubProtocol("mqtt");
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        if (tls?.ClientCertificate is not null) socket.Options.ClientCertificates.Add(tls.ClientCertificate);
        if (uri.Scheme == "wss") socket.Options.RemoteCertificateValidationCallback = verdict.Accepts;
        try
        {
            await socket.ConnectAsync(uri, cancellation).ConfigureAwait(false);
            return new WebSocketBytes(socket);
        }
        catch (WebSocketException problem)
        {
            socket.Dispose();
            if (verdict.Refusal is not null) throw new AuthenticationException(verdict.Refusal, problem);
            throw new IOException((problem.GetBaseException() is HttpRequestException or WebSocketException ? problem : problem.GetBaseException()).Message, problem);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
