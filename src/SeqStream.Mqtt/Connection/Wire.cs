using System.Threading.Channels;
using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Connection;

/// <summary>
/// What the two directions of a client share: one gate for all session state, and the bytes on their way out. Packets appended while others are being sent leave together.
/// </summary>
internal sealed class Wire(MqttVersion version)
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true });
    private PacketBuffer _output = new();

    /// <summary>Held by whoever touches session state or <see cref="Output"/>.</summary>
    public Lock Gate { get; } = new();

    public MqttVersion Version => version;

    /// <summary>True while a connection is open and CONNACK has come.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Packets on their way out. Only under the gate.</summary>
    public PacketBuffer Output => _output;

    /// <summary>Tells the sender that there is something to send.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Waits until there is something to send.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _wake.Reader.ReadAsync(cancellation);

    /// <summary>Takes what is to be sent and leaves an empty buffer for what comes next.</summary>
    public PacketBuffer Swap(PacketBuffer empty)
    {
        lock (Gate) (_output, empty) = (empty, _output);
        return empty;
    }

    /// <summary>Forgets what was not sent: the connection is gone.</summary>
    public void Reset()
    {
        lock (Gate)
        {
            IsOpen = false;
            _output.Clear();
            _wake.Reader.TryRead(out _);
        }
    }
}
