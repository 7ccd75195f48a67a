using System.Net;
using System.Net.Sockets;
using System.Text;
using SeqStream.Mqtt.Connection;

namespace SeqStream.Mqtt.Tests.Connection;

/// <summary>Servers that do not answer as a WebSocket's server must.</summary>
public sealed class WebSocketTransportTests
{
    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\n", "'HTTP/1.1 404 Not Found', expected status 101")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", "'SSH-2.0-OpenSSH_9.2', expected status 101")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: AAAA\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n", "is not one to this request")]
    [InlineData("HTTP/1.1 101 Switch", "closed the connection after 19 bytes")]
    public async Task Wrong_answer_is_told(string answer, string expected)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<string> request = AnswerAsync(listener, answer);
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;

        IOException problem = await Assert.ThrowsAsync<IOException>(async () => await new WebSocketTransport(new Uri($"ws://127.0.0.1:{port}/mqtt?a=b")).ConnectAsync(TestContext.Current.CancellationToken));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.StartsWith($"GET /mqtt?a=b HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n", await request, StringComparison.Ordinal);
    }

    private static async Task<string> AnswerAsync(TcpListener listener, string answer)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        byte[] buffer = new byte[4096];
        StringBuilder head = new();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append(Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken)));
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), TestContext.Current.CancellationToken);
        return head.ToString();
    }
}
