using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SeqStream.Hosting.Telemetry;

/// <summary>
/// Answers GET and HEAD requests on a loopback address, one a connection. Everything is bounded: connections at a time, bytes of a request, and time for it, so that a
/// client that dawdles or floods costs little and never the streams.
/// </summary>
public sealed class HealthListener : IAsyncDisposable
{
    private const int MostConnections = 16;
    private const int MostBytes = 8 << 10;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private readonly TcpListener _listener;
    private readonly Func<string, string, HealthAnswer> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _free = new(MostConnections);
    private readonly Task _accepting;

    /// <summary>Begins to listen.</summary>
    /// <param name="address">Where; port 0 for any that is free.</param>
    /// <param name="answer">Answers a path, given the request's <c>Accept</c> header; any thread.</param>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public HealthListener(IPEndPoint address, Func<string, string, HealthAnswer> answer)
    {
        _answer = answer;
        _listener = new TcpListener(address);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await _free.WaitAsync(_stop.Token).ConfigureAwait(false);
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false));
            }
            catch (SocketException) when (!_stop.IsCancellationRequested)
            {
                _free.Release();
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(s_patience);
        try
        {
            using (client)
            {
                NetworkStream stream = client.GetStream();
                (HealthAnswer answer, bool hasBody) = Answer(await ReadHeadAsync(stream, limit.Token).ConfigureAwait(false));
                await stream.WriteAsync(Bytes(answer, hasBody), limit.Token).ConfigureAwait(false);
                client.Client.Shutdown(SocketShutdown.Send);
                await DrainAsync(stream, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException)
        {
            // The client went away or took too long.
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Lines of the request's head; null if it is longer than allowed, or breaks off.</summary>
    private static async Task<string[]?> ReadHeadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        byte[] bytes = new byte[MostBytes];
        int count = 0;
        while (count < bytes.Length)
        {
            int read = await stream.ReadAsync(bytes.AsMemory(count), cancellation).ConfigureAwait(false);
            if (read == 0) return null;
            count += read;
            int end = bytes.AsSpan(0, count).IndexOf("\r\n\r\n"u8);
            if (end >= 0) return Encoding.Latin1.GetString(bytes, 0, end).Split("\r\n");
        }
        return null;
    }

    /// <summary>What else the client sent is read and dropped: closing earlier would take back the answer.</summary>
    private static async Task DrainAsync(NetworkStream stream, CancellationToken cancellation)
    {
        byte[] bytes = new byte[1 << 10];
        for (int rest = 64; rest > 0 && await stream.ReadAsync(bytes, cancellation).ConfigureAwait(false) > 0; rest--)
        {
        }
    }

    private (HealthAnswer Answer, bool HasBody) Answer(string[]? head)
    {
        if (head is null) return (HealthAnswer.Text(431, "The request's head is longer than 8192 bytes, or broke off."), true);
        string[] request = head[0].Split(' ');
        if (request.Length != 3 || !request[2].StartsWith("HTTP/1.", StringComparison.Ordinal) || !request[1].StartsWith('/')) return (HealthAnswer.Text(400, "This is no HTTP/1.1 request."), true);
        if (request[0] is not ("GET" or "HEAD")) return (HealthAnswer.Text(405, "Only GET and HEAD are answered."), true);
        string? accept = Array.Find(head, static line => line.StartsWith("accept:", StringComparison.OrdinalIgnoreCase));
        return (_answer(request[1].Split('?')[0], accept ?? ""), request[0] == "GET");
    }

    private static byte[] Bytes(HealthAnswer answer, bool hasBody)
    {
        byte[] body = Encoding.UTF8.GetBytes(answer.Body);
        string reason = answer.Status switch { 200 => "OK", 400 => "Bad Request", 404 => "Not Found", 405 => "Method Not Allowed", 431 => "Request Header Fields Too Large", _ => "Service Unavailable" };
        string allow = answer.Status == 405 ? "Allow: GET, HEAD\r\n" : "";
        string head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} {reason}\r\nContent-Type: {answer.ContentType}\r\nContent-Length: {body.Length}\r\n{allow}Cache-Control: no-store\r\nConnection: close\r\n\r\n");
        return [.. Encoding.Latin1.GetBytes(head), .. hasBody ? body : []];
    }
}
