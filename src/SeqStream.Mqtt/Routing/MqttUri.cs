using System.Globalization;
using System.Text;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Routing;

/// <summary>
/// A broker, a topic and options in one line: <c>mqtt://host:1883/sensors/{stream}/accel?qos=1&amp;client=seqstream-1</c>. Schemes: mqtt, mqtts, ws, wss.
/// All problems are reported together. Credentials are never printed.
/// </summary>
public sealed class MqttUri
{
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private string? _user;
    private string? _password;
    private string? _passwordFile;

    private MqttUri(string scheme, string host, int port, string topic)
    {
        Scheme = scheme;
        Host = host;
        Port = port;
        Topic = topic;
    }

    /// <summary>mqtt, mqtts, ws or wss.</summary>
    public string Scheme { get; }

    /// <summary>The broker's name or address.</summary>
    public string Host { get; }

    /// <summary>The broker's port; by default 1883, 8883, 80 or 443.</summary>
    public int Port { get; }

    /// <summary>The topic, pattern or template; for WebSockets the broker's path is the option <c>path</c>, <c>/mqtt</c> by default.</summary>
    public string Topic { get; }

    /// <summary>Name of the session at the broker; null if it has none.</summary>
    public string? Client => _options.GetValueOrDefault("client");

    /// <summary>True for schemes that are recognised here.</summary>
    public static bool IsOne(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        int end = uri.IndexOf("://", StringComparison.Ordinal);
        return end > 0 && uri[..end] is "mqtt" or "mqtts" or "ws" or "wss";
    }

    /// <summary>Reads a URI. Braces and plus signs need no escaping.</summary>
    /// <exception cref="ArgumentException">It is not one; the message says why.</exception>
    public static MqttUri Parse(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        int schemeEnd = uri.IndexOf("://", StringComparison.Ordinal);
        string scheme = schemeEnd > 0 ? uri[..schemeEnd] : "";
        int defaultPort = scheme switch { "mqtt" => 1883, "mqtts" => 8883, "ws" => 80, "wss" => 443, _ => throw NoUri("it must begin with mqtt://, mqtts://, ws:// or wss://") };
        string rest = uri[(schemeEnd + 3)..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? rest : rest[..slash];
        string tail = slash < 0 ? "" : rest[(slash + 1)..];
        int question = tail.IndexOf('?', StringComparison.Ordinal);
        string topic = Uri.UnescapeDataString(question < 0 ? tail : tail[..question]);
        int at = authority.LastIndexOf('@');
        (string host, int port) = HostOf(authority[(at + 1)..], defaultPort);
        MqttUri parsed = new(scheme, host, port, topic);
        if (at >= 0) parsed.TakeCredentials(authority[..at]);
        if (question >= 0) parsed.TakeOptions(tail[(question + 1)..]);
        return parsed;
    }

    /// <summary>Credentials for a URI that has none of its own.</summary>
    /// <param name="user">User name, or null.</param>
    /// <param name="passwordFile">File whose content is the password, or null.</param>
    public MqttUri WithCredentials(string? user, string? passwordFile)
    {
        if (_user is not null || _options.ContainsKey("user") || _options.ContainsKey("password-file")) return this;
        _user = user;
        _passwordFile = passwordFile;
        return this;
    }

    /// <summary>Without credentials and options, for messages.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Scheme}://{Host}:{Port}/{Topic}");

    /// <summary>A text option.</summary>
    internal string? Text(string name)
    {
        _known.Add(name);
        return _options.GetValueOrDefault(name);
    }

    internal bool Flag(string name, bool fallback)
    {
        switch (Text(name))
        {
            case null: return fallback;
            case "" or "true" or "on" or "yes" or "1": return true;
            case "false" or "off" or "no" or "0": return false;
            case var other:
                Refuse($"{name} is '{other}', expected true or false");
                return fallback;
        }
    }

    internal int Whole(string name, int minimum, int maximum, int fallback)
    {
        string? text = Text(name);
        if (text is null) return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= minimum && number <= maximum) return number;
        Refuse(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}', expected a whole number from {minimum} to {maximum}"));
        return fallback;
    }

    /// <summary>A duration: a number and s, m, h or d; without a letter seconds.</summary>
    internal TimeSpan Duration(string name, TimeSpan fallback)
    {
        string? text = Text(name);
        if (string.IsNullOrEmpty(text)) return fallback;
        double unit = text[^1] switch { 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 1 };
        string digits = char.IsLetter(text[^1]) ? text[..^1] : text;
        bool isKnown = !char.IsLetter(text[^1]) || text[^1] is 's' or 'm' or 'h' or 'd';
        if (isKnown && double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number * unit < uint.MaxValue) return TimeSpan.FromSeconds(number * unit);
        Refuse($"{name} is '{text}', expected a duration such as 30s, 15m, 1h or 7d");
        return fallback;
    }

    internal T Choice<T>(string name, T fallback, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        string? text = Text(name);
        if (text is null) return fallback;
        List<string> names = [];
        foreach ((string choice, T value) in choices)
        {
            if (choice == text) return value;
            names.Add(choice);
        }
        Refuse($"{name} is '{text}', expected one of {string.Join(", ", names)}");
        return fallback;
    }

    internal QualityOfService Quality(QualityOfService fallback) => (QualityOfService)Whole("qos", 0, 2, (int)fallback);

    internal void Refuse(string problem) => _problems.Add(problem);

    /// <summary>Reads a part that throws where it is wrong.</summary>
    internal T? Try<T>(Func<T> read) where T : class
    {
        try
        {
            return read();
        }
        catch (Exception problem) when (problem is ArgumentException or IOException or System.Security.Cryptography.CryptographicException or UnauthorizedAccessException)
        {
            Refuse(problem.Message.TrimEnd('.'));
            return null;
        }
    }

    /// <summary>How to reach the broker.</summary>
    internal ITransport Transport()
    {
        bool isSecure = Scheme is "mqtts" or "wss";
        string? authority = Text("ca"), certificate = Text("cert"), key = Text("key"), keyPasswordFile = Text("key-password-file"), path = Text("path");
        bool skips = Flag("insecure", false);
        if (!isSecure && (authority ?? certificate ?? key ?? keyPasswordFile) is not null) Refuse("ca, cert, key and key-password-file need TLS: begin with mqtts:// or wss://");
        string? keyPassword = isSecure && keyPasswordFile is not null ? Try(() => File.ReadAllText(keyPasswordFile).TrimEnd('\r', '\n')) : null;
        TlsOptions? tls = isSecure ? (Try(() => TlsOptions.FromFiles(authority, certificate, key, keyPassword)) ?? new TlsOptions()) with { SkipsVerification = skips } : null;
        if (Scheme is "mqtt" or "mqtts") return new TcpTransport(Host, Port, tls);
        return new WebSocketTransport(new UriBuilder(Scheme, Host, Port, path ?? "/mqtt").Uri, tls);
    }

    /// <summary>Options that feeds and sinks share.</summary>
    internal MqttOptions ClientOptions()
    {
        MqttVersion version = Choice("version", MqttVersion.V5, ("5", MqttVersion.V5), ("3.1.1", MqttVersion.V311));
        string client = Text("client") ?? "";
        bool isClean = Flag("clean", false);
        TimeSpan session = Duration("session", client.Length > 0 ? TimeSpan.FromDays(1) : TimeSpan.Zero);
        string? passwordFile = Text("password-file") ?? _passwordFile;
        string? user = Text("user") ?? _user;
        string? password = passwordFile is null ? _password : Try(() => File.ReadAllText(passwordFile).TrimEnd('\r', '\n'));
        return new MqttOptions
        {
            Version = version,
            ClientId = client,
            SessionExpiry = isClean ? TimeSpan.Zero : session,
            KeepAlive = Duration("keepalive", TimeSpan.FromSeconds(30)),
            ConnectTimeout = Duration("connect-timeout", TimeSpan.FromSeconds(10)),
            RetryFirstConnect = Flag("retry", false),
            ReceiveMaximum = Whole("window", 1, ushort.MaxValue, 1000),
            MaxInFlight = Text("inflight") is null ? null : Whole("inflight", 1, ushort.MaxValue, 1000),
            Limits = new PacketLimits { MaxPacketBytes = Whole("max-packet", 64, 268_435_460, 2_000_000) },
            Will = Will(),
            Credentials = user is null && password is null ? null : new MqttCredentials(user ?? "", password),
        };
    }

    /// <summary>What the broker says for this client when it vanishes: <c>will=TOPIC</c>, <c>will-message</c> (<c>offline</c>), <c>will-qos</c> (0), <c>will-retain</c> (true).</summary>
    private WillMessage? Will()
    {
        string? topic = Text("will"), message = Text("will-message");
        QualityOfService quality = (QualityOfService)Whole("will-qos", 0, 2, 0);
        bool isRetained = Flag("will-retain", true);
        if (topic is null) return null;
        if (Topics.ProblemOfName(topic) is { } problem) Refuse($"will: {problem}");
        return new WillMessage { Topic = topic, Payload = Encoding.UTF8.GetBytes(message ?? "offline"), Quality = quality, IsRetained = isRetained };
    }

    /// <summary>Refuses the URI if anything was wrong with it or options are left that nobody read.</summary>
    internal void Complete()
    {
        foreach (string name in _options.Keys)
        {
            if (!_known.Contains(name)) Refuse($"'{name}' is no option. Known are {string.Join(", ", _known.Order(StringComparer.Ordinal))}");
        }
        if (_problems.Count > 0) throw new ArgumentException($"'{this}' cannot be used: {string.Join("; ", _problems)}.");
    }

    private static (string Host, int Port) HostOf(string authority, int defaultPort)
    {
        int colon = authority.LastIndexOf(':');
        bool hasPort = colon >= 0 && authority.IndexOf(']', StringComparison.Ordinal) < colon;
        string host = (hasPort ? authority[..colon] : authority).Trim('[', ']');
        if (host.Length == 0) throw NoUri("the host is missing");
        if (!hasPort) return (host, defaultPort);
        return int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536
            ? (host, port)
            : throw NoUri($"the port is '{authority[(colon + 1)..]}', expected 1 to 65535");
    }

    private static ArgumentException NoUri(string problem) => new($"This is no URI of a broker: {problem}. Expected one such as mqtt://127.0.0.1:1883/sensors/{{stream}}/accel?qos=1&client=seqstream-1.");

    private void TakeCredentials(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        _user = Uri.UnescapeDataString(colon < 0 ? text : text[..colon]);
        _password = colon < 0 ? null : Uri.UnescapeDataString(text[(colon + 1)..]);
    }

    private void TakeOptions(string query)
    {
        foreach (string option in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? option : option[..equals];
            if (!_options.TryAdd(name, equals < 0 ? "" : Uri.UnescapeDataString(option[(equals + 1)..]))) Refuse($"{name} stands there twice");
        }
    }
}
