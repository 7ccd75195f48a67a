using System.Threading.Channels;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;

namespace SeqStream.Mqtt.Tests.Brokers;

/// <summary>A broker that says and expects exact bytes, written in hexadecimal with texts in quotes.</summary>
internal sealed class ScriptedBroker
{
    private readonly Channel<MemoryLink> _links = Channel.CreateUnbounded<MemoryLink>();
    private MemoryLink? _link;

    public ScriptedBroker() => Transport = new MemoryTransport(static _ => new MemoryLink(), link => _links.Writer.TryWrite(link));

    public MemoryTransport Transport { get; }

    public MemoryLink Link => _link!;

    /// <summary>Options with which CONNECT is short: no limits advertised but those that cannot be left out.</summary>
    public static MqttOptions Options(MqttVersion version) => new()
    {
        Version = version,
        ClientId = "c",
        KeepAlive = TimeSpan.FromSeconds(60),
        InboundAliases = 0,
        OutboundAliases = 0,
        Backoff = new BackoffOptions { First = TimeSpan.Zero, Longest = TimeSpan.Zero, MaxAttemptsPerMinute = 1000 },
    };

    /// <summary>A client whose CONNECT was answered with <paramref name="connAck"/>.</summary>
    public async Task<MqttClient> WelcomeAsync(MqttOptions options, string? connAck = null, IMqttObserver? observer = null, TimeProvider? time = null, ISessionStore? store = null)
    {
        MqttClient client = new(options, Transport, store, observer, time);
        Task connecting = client.ConnectAsync();
        await AcceptAsync(options.Version, connAck);
        await connecting.WaitAsync(Clients.Patience);
        return client;
    }

    /// <summary>Takes the next connection and answers its CONNECT.</summary>
    public async Task AcceptAsync(MqttVersion version, string? connAck = null)
    {
        await NextLinkAsync();
        byte[] connect = await ReadPacketAsync();
        Assert.Equal(0x10, connect[0]);
        await SendAsync(connAck ?? (version == MqttVersion.V5 ? "20 03 00 00 00" : "20 02 00 00"));
    }

    public async Task NextLinkAsync() => _link = await _links.Reader.ReadAsync().AsTask().WaitAsync(Clients.Patience);

    public async Task SendAsync(string hex) => await _link!.Broker.WriteAsync(Bytes(hex));

    /// <summary>Expects exactly these bytes next.</summary>
    public async Task ExpectAsync(string hex)
    {
        byte[] expected = Bytes(hex);
        byte[] found = new byte[expected.Length];
        await _link!.Broker.ReadExactlyAsync(found).AsTask().WaitAsync(Clients.Patience);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(found));
    }

    /// <summary>Expects that the client closes the connection without another byte.</summary>
    public async Task ExpectEndAsync()
    {
        byte[] rest = new byte[64];
        int count = await _link!.Broker.ReadAsync(rest).AsTask().WaitAsync(Clients.Patience);
        Assert.Equal("", Convert.ToHexString(rest, 0, count));
    }

    /// <summary>Shows that the client has sent nothing so far and still answers: a PUBREL of an unknown message is answered next.</summary>
    public async Task ExpectNothingAsync(MqttVersion version)
    {
        await SendAsync("62 02 7777");
        await ExpectAsync(version == MqttVersion.V5 ? "70 03 7777 92" : "70 02 7777");
    }

    public async Task<byte[]> ReadPacketAsync()
    {
        byte[] header = new byte[2];
        await _link!.Broker.ReadExactlyAsync(header).AsTask().WaitAsync(Clients.Patience);
        byte[] packet = new byte[2 + header[1]];
        header.CopyTo(packet, 0);
        await _link.Broker.ReadExactlyAsync(packet.AsMemory(2)).AsTask().WaitAsync(Clients.Patience);
        return packet;
    }

    public static byte[] Bytes(string script)
    {
        List<byte> bytes = [];
        for (int i = 0; i < script.Length;)
        {
            if (script[i] == ' ')
            {
                i++;
            }
            else if (script[i] == '\'')
            {
                int end = script.IndexOf('\'', i + 1);
                bytes.AddRange(System.Text.Encoding.UTF8.GetBytes(script[(i + 1)..end]));
                i = end + 1;
            }
            else
            {
                bytes.Add(Convert.ToByte(script.Substring(i, 2), 16));
                i += 2;
            }
        }
        return [.. bytes];
    }
}
