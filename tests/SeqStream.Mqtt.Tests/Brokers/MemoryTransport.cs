using SeqStream.Mqtt.Connection;

namespace SeqStream.Mqtt.Tests.Brokers;

/// <summary>Opens links in memory; each is handed to whoever plays the broker.</summary>
internal sealed class MemoryTransport(Func<int, MemoryLink> create, Action<MemoryLink> serve) : ITransport
{
    private int _count;

    public string Address => "memory";

    /// <summary>Links opened so far.</summary>
    public int Count => _count;

    public ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        MemoryLink link = create(_count++);
        serve(link);
        return ValueTask.FromResult(link.Client);
    }
}
