using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Client;

/// <summary>How a client presents itself, what it accepts and how much may wait.</summary>
public sealed record MqttOptions
{
    /// <summary>The protocol. Default MQTT 5, which alone lets a client say how many messages may be unacknowledged.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>Name of the session at the broker; every client needs one of its own. Empty (the default) lets the broker choose one, for a session that ends with the connection.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>User name and password, or null.</summary>
    public MqttCredentials? Credentials { get; init; }

    /// <summary>An authentication in several messages, or null. MQTT 5 only.</summary>
    public IMqttAuthenticator? Authenticator { get; init; }

    /// <summary>How long the broker keeps the session without a connection. Zero (the default): it ends with the connection. MQTT 3.1.1 knows only zero and for ever.</summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>True to begin with a new session even if the broker keeps one. Default false. Later connections go on with it.</summary>
    public bool IsCleanStart { get; init; }

    /// <summary>Longest silence; a dead connection is noticed after one and a half of it at most. Zero: never. Default 30 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may take to be opened and accepted. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>True to keep trying if the first connection fails. Default false: connecting fails.</summary>
    public bool RetryFirstConnect { get; init; }

    /// <summary>Most messages that may be received and not acknowledged, and most that wait for the receiver. 1 to 65535, default 1000.</summary>
    public int ReceiveMaximum { get; init; } = 1000;

    /// <summary>Most bytes of received messages that are not disposed; above it the connection is not read. Default 16 MiB.</summary>
    public long MaxHeldBytes { get; init; } = 16 << 20;

    /// <summary>True to drop (and count) received messages of QoS 0 when the receiver is behind; false (the default) makes the broker wait, and drop them without telling.</summary>
    public bool DropsWhenBehind { get; init; }

    /// <summary>Sizes that are accepted.</summary>
    public PacketLimits Limits { get; init; } = new();

    /// <summary>Topic aliases that the broker may use. 0 to 65535, default 16. MQTT 5 only.</summary>
    public int InboundAliases { get; init; } = 16;

    /// <summary>Topic aliases that this client uses if the broker allows as many. Default 16. MQTT 5 only.</summary>
    public int OutboundAliases { get; init; } = 16;

    /// <summary>Most messages sent and not acknowledged; the broker may allow fewer. Default 1000 (20 in MQTT 3.1.1, where a broker cannot say).</summary>
    public int? MaxInFlight { get; init; }

    /// <summary>Most messages that wait to be sent. Default 10,000.</summary>
    public int OutboxCapacity { get; init; } = 10_000;

    /// <summary>Most bytes of messages that wait to be sent. Default 16 MiB.</summary>
    public long OutboxBytes { get; init; } = 16 << 20;

    /// <summary>What happens to a message to publish when too many wait. Default wait.</summary>
    public MqttOverflow OutboxOverflow { get; init; }

    /// <summary>What the broker publishes if this client goes without saying goodbye, or null.</summary>
    public WillMessage? Will { get; init; }

    /// <summary>Published first on every connection, such as <c>online</c> where the will says <c>offline</c>; or null.</summary>
    public PublishMessage? Greeting { get; init; }

    /// <summary>Names and values that go with CONNECT. MQTT 5 only.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>Pauses between attempts to connect.</summary>
    public BackoffOptions Backoff { get; init; } = new();

    internal bool IsPersistent => SessionExpiry > TimeSpan.Zero;

    internal uint SessionExpirySeconds => SessionExpiry.TotalSeconds >= uint.MaxValue ? uint.MaxValue : (uint)Math.Ceiling(SessionExpiry.TotalSeconds);
}
