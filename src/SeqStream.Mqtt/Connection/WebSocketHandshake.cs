using System.Globalization;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace SeqStream.Mqtt.Connection;

/// <summary>The opening of a WebSocket over a connection that stands (RFC 6455, section 4.1). The framework's own client brings a whole HTTP client with it.</summary>
internal static class WebSocketHandshake
{
    private const int LongestHead = 16 * 1024;
    private const int KeyBytes = 16;
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, section 1.3

    /// <summary>Asks for a WebSocket with a subprotocol; it owns the connection from then on.</summary>
    /// <exception cref="IOException">The server answers something else; the message says what.</exception>
    public static async ValueTask<WebSocket> OpenAsync(Stream connection, Uri uri, string subprotocol, CancellationToken cancellation)
    {
        string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
        await connection.WriteAsync(Encoding.ASCII.GetBytes(Request(uri, subprotocol, key)), cancellation).ConfigureAwait(false);
        await connection.FlushAsync(cancellation).ConfigureAwait(false);
        Check(await ReadHeadAsync(connection, cancellation).ConfigureAwait(false), uri, subprotocol, key);
        return WebSocket.CreateFromStream(connection, new WebSocketCreationOptions { SubProtocol = subprotocol, KeepAliveInterval = TimeSpan.Zero });
    }

    private static string Request(Uri uri, string subprotocol, string key)
        => $"GET {uri.PathAndQuery} HTTP/1.1\r\nHost: {(uri.IsDefaultPort ? uri.Host : uri.Authority)}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {subprotocol}\r\n\r\n";

    /// <summary>Byte by byte, because what follows the head belongs to the WebSocket.</summary>
    private static async ValueTask<string> ReadHeadAsync(Stream connection, CancellationToken cancellation)
    {
        byte[] head = new byte[LongestHead];
        for (int length = 0; length < head.Length; length++)
        {
            if (await connection.ReadAsync(head.AsMemory(length, 1), cancellation).ConfigureAwait(false) == 0)
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"the server closed the connection after {length} bytes of its answer to the WebSocket request. Check that the port speaks WebSocket."));
            if (head.AsSpan(0, length + 1).EndsWith("\r\n\r\n"u8)) return Encoding.Latin1.GetString(head, 0, length + 1);
        }
        throw new IOException(string.Create(CultureInfo.InvariantCulture, $"the server's answer to the WebSocket request has more than {LongestHead} bytes. Check that the port speaks WebSocket."));
    }

    private static void Check(string head, Uri uri, string subprotocol, string key)
    {
        string[] lines = head.Split("\r\n");
        string[] status = lines[0].Split(' ', 3);
        if (status.Length < 2 || !status[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || status[1] != "101")
            throw new IOException($"the server answered the WebSocket request for '{uri.PathAndQuery}' with '{lines[0]}', expected status 101. Check the path of the broker's URI.");
        if (!string.Equals(Header(lines, "Upgrade"), "websocket", StringComparison.OrdinalIgnoreCase) || Header(lines, "Sec-WebSocket-Accept") != Accept(key))
            throw new IOException("the server's answer to the WebSocket request is not one to this request. Something between here and the broker changes it: use mqtt:// or mqtts://.");
        if (Header(lines, "Sec-WebSocket-Protocol") != subprotocol)
            throw new IOException($"the server chose the WebSocket subprotocol '{Header(lines, "Sec-WebSocket-Protocol")}', expected '{subprotocol}'. Check that the path is the broker's.");
    }

    private static string? Header(string[] lines, string name)
    {
        foreach (string line in lines)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.AsSpan(0, colon).Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) return line[(colon + 1)..].Trim();
        }
        return null;
    }

#pragma warning disable CA5350 // RFC 6455 fixes SHA-1; it guards against confusion, not against attackers
    private static string Accept(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
#pragma warning restore CA5350
}
