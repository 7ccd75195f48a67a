namespace SeqStream.Mqtt.Client;

/// <summary>Something that happened to a client, for logs and counters.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Label">The cause as a label for counters; one for every reason code and kind of failure: <c>not-authorized</c>, <c>half-open</c>.</param>
/// <param name="Text">The same for people: what, where, what to do. Never a secret.</param>
/// <param name="RetryAfter">When the client tries again; zero if it need not or does not.</param>
public readonly record struct MqttEvent(MqttEventKind Kind, string Label, string Text, TimeSpan RetryAfter = default);
