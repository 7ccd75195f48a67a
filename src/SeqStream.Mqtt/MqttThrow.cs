using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt;

/// <summary>The exceptions of this room, one method each.</summary>
internal static class MqttThrow
{
    public static ArgumentException FieldTooLong(int bytes) => new($"A text or binary field of a packet has {bytes} bytes; MQTT allows at most 65535. Shorten it.");

    public static ArgumentException NullCharacter(string text) => new($"The text '{text.Replace('\0', '?')}' holds U+0000, which MQTT does not allow. Remove it.");

    [DoesNotReturn]
    public static void BadTopic(string problem, string parameter) => throw new ArgumentException($"A message cannot be published: {problem}.", parameter);

    [DoesNotReturn]
    public static void BadFilter(string problem, string parameter) => throw new ArgumentException($"Cannot subscribe: {problem}.", parameter);

    /// <summary>Tells all contradictions of the options at once.</summary>
    public static void IfContradictory(MqttOptions options)
    {
        List<string> problems = [];
        if (options.IsPersistent && options.ClientId.Length == 0) problems.Add("SessionExpiry is set, but ClientId is empty: a session that lasts needs a name");
        if (options.ReceiveMaximum is < 1 or > ushort.MaxValue) problems.Add(string.Create(CultureInfo.InvariantCulture, $"ReceiveMaximum is {options.ReceiveMaximum}, expected 1 to 65535"));
        if (options.InboundAliases is < 0 or > ushort.MaxValue) problems.Add(string.Create(CultureInfo.InvariantCulture, $"InboundAliases is {options.InboundAliases}, expected 0 to 65535"));
        if (options.Limits.MaxPacketBytes < 64) problems.Add(string.Create(CultureInfo.InvariantCulture, $"Limits.MaxPacketBytes is {options.Limits.MaxPacketBytes}, expected at least 64"));
        if (options.OutboxCapacity < 1) problems.Add(string.Create(CultureInfo.InvariantCulture, $"OutboxCapacity is {options.OutboxCapacity}, expected at least 1"));
        if (options.KeepAlive < TimeSpan.Zero) problems.Add("KeepAlive is negative, expected zero (never) or more");
        if (options.Authenticator is not null && options.Version == MqttVersion.V311) problems.Add("Authenticator needs MQTT 5, but Version is 3.1.1");
        if (options.Credentials is { Password: not null, User.Length: 0 } && options.Version == MqttVersion.V311) problems.Add("MQTT 3.1.1 allows no password without a user name");
        if (options.Will is { } will && Topics.ProblemOfName(will.Topic) is { } problem) problems.Add($"Will: {problem}");
        if (problems.Count > 0) throw new ArgumentException($"The options of an MQTT client cannot be used: {string.Join("; ", problems)}.", nameof(options));
    }
}
