using System.Net.Sockets;
using System.Text;

namespace SeqStream.Hosting.Tests.Systemd;

/// <summary>Stands for the service manager's socket.</summary>
internal sealed class NotifyReceiver : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-notify-").FullName;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NotifyReceiver() => _socket.Bind(new UnixDomainSocketEndPoint(Name));

    public string Name => Path.Combine(_folder, "notify");

    /// <summary>All datagrams that have come.</summary>
    public List<string> TakeAll()
    {
        List<string> told = [];
        byte[] bytes = new byte[4096];
        while (_socket.Available > 0 || _socket.Poll(0, SelectMode.SelectRead)) told.Add(Encoding.UTF8.GetString(bytes, 0, _socket.Receive(bytes)));
        return told;
    }

    public void Dispose()
    {
        _socket.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
