using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SeqStream.Mqtt.Tests.Brokers;

/// <summary>
/// Takes WebSocket connections, with TLS and client certificates if wanted, and passes their bytes to a broker's plain port. Stands where a broker cannot listen
/// for WebSockets itself. Messages end at arbitrary bytes, as the specification allows.
/// </summary>
internal sealed class WebSocketGate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2? _certificate;
    private readonly int _target;
    private readonly Task _accepting;

    public WebSocketGate(int target, X509Certificate2? certificate = null)
    {
        _target = target;
        _certificate = certificate;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Paths and subprotocols that were asked for.</summary>
    public List<string> Requests { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using TcpClient client = accepted;
        try
        {
            await using Stream stream = await SecureAsync(client.GetStream());
            string request = await ReadHeadAsync(stream);
            lock (Requests) Requests.Add($"{request.Split(' ')[1]} {HeaderOf(request, "Sec-WebSocket-Protocol")}");
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Accept: {AnswerTo(HeaderOf(request, "Sec-WebSocket-Key"))}\r\n\r\n"), _stop.Token);
            using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = "mqtt" });
            await using WebSocketStream outside = WebSocketStream.Create(socket, WebSocketMessageType.Binary);
            using TcpClient broker = new();
            await broker.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            await Task.WhenAny(outside.CopyToAsync(broker.GetStream(), 7, _stop.Token), broker.GetStream().CopyToAsync(outside, 1000, _stop.Token));
        }
        catch (Exception end) when (end is IOException or OperationCanceledException or SocketException or WebSocketException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
        }
    }

    private async Task<Stream> SecureAsync(NetworkStream plain)
    {
        if (_certificate is null) return plain;
        SslStream secure = new(plain, false, static (_, presented, _, _) => presented is not null);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate, ClientCertificateRequired = true }, _stop.Token);
        return secure;
    }

    private async Task<string> ReadHeadAsync(Stream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, _stop.Token);
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    private static string HeaderOf(string request, string name)
        => request.Split("\r\n").First(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))[(name.Length + 1)..].Trim();

#pragma warning disable CA5350 // the WebSocket handshake is defined with SHA-1
    private static string AnswerTo(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
}
