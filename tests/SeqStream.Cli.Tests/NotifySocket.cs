using System.Net.Sockets;
using System.Text;

namespace SeqStream.Cli.Tests;

/// <summary>Stands for the service manager: takes the datagrams of sd_notify(3).</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string? _folder;

    public NotifySocket(bool isAbstract)
    {
        if (isAbstract)
        {
            Name = $"@seqstream-test-{Guid.NewGuid():N}";
            _socket.Bind(new UnixDomainSocketEndPoint('\0' + Name[1..]));
        }
        else
        {
            _folder = Directory.CreateTempSubdirectory("seqstream-notify-").FullName;
            Name = Path.Combine(_folder, "notify");
            _socket.Bind(new UnixDomainSocketEndPoint(Name));
        }
    }

    /// <summary>Value of <c>NOTIFY_SOCKET</c>.</summary>
    public string Name { get; }

    public async Task<string> ReceiveAsync()
    {
        byte[] bytes = new byte[4096];
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        int count = await _socket.ReceiveAsync(bytes, SocketFlags.None, limit.Token);
        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    public void Dispose()
    {
        _socket.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }
}
