namespace SeqStream.Mqtt.Protocol;

/// <summary>Words for reason codes: a label for counters, a sentence for people, and what to do.</summary>
public static class ReasonCodes
{
    /// <summary>True if the code says that the request failed.</summary>
    public static bool IsError(this ReasonCode code) => (int)code >= 0x80;

    /// <summary>True if trying again soon cannot help, because somebody must change credentials, identifier, version or address first.</summary>
    public static bool IsPermanent(this ReasonCode code) => code is ReasonCode.UnsupportedProtocolVersion or ReasonCode.ClientIdentifierNotValid
        or ReasonCode.BadUserNameOrPassword or ReasonCode.NotAuthorized or ReasonCode.Banned or ReasonCode.BadAuthenticationMethod
        or ReasonCode.UseAnotherServer or ReasonCode.ServerMoved or ReasonCode.QuotaExceeded or ReasonCode.ConnectionRateExceeded;

    /// <summary>A label for counters, such as <c>not-authorized</c>; different for every code.</summary>
    public static string Label(this ReasonCode code) => code switch
    {
        ReasonCode.Success => "success",
        ReasonCode.GrantedQos1 => "granted-qos-1",
        ReasonCode.GrantedQos2 => "granted-qos-2",
        ReasonCode.DisconnectWithWill => "disconnect-with-will",
        ReasonCode.NoMatchingSubscribers => "no-matching-subscribers",
        ReasonCode.NoSubscriptionExisted => "no-subscription-existed",
        ReasonCode.ContinueAuthentication => "continue-authentication",
        ReasonCode.ReAuthenticate => "re-authenticate",
        ReasonCode.UnspecifiedError => "unspecified-error",
        ReasonCode.MalformedPacket => "malformed-packet",
        ReasonCode.ProtocolError => "protocol-error",
        ReasonCode.ImplementationSpecificError => "implementation-specific-error",
        ReasonCode.UnsupportedProtocolVersion => "unsupported-protocol-version",
        ReasonCode.ClientIdentifierNotValid => "client-identifier-not-valid",
        ReasonCode.BadUserNameOrPassword => "bad-user-name-or-password",
        ReasonCode.NotAuthorized => "not-authorized",
        ReasonCode.ServerUnavailable => "server-unavailable",
        ReasonCode.ServerBusy => "server-busy",
        ReasonCode.Banned => "banned",
        ReasonCode.ServerShuttingDown => "server-shutting-down",
        ReasonCode.BadAuthenticationMethod => "bad-authentication-method",
        ReasonCode.KeepAliveTimeout => "keep-alive-timeout",
        ReasonCode.SessionTakenOver => "session-taken-over",
        ReasonCode.TopicFilterInvalid => "topic-filter-invalid",
        ReasonCode.TopicNameInvalid => "topic-name-invalid",
        ReasonCode.PacketIdentifierInUse => "packet-identifier-in-use",
        ReasonCode.PacketIdentifierNotFound => "packet-identifier-not-found",
        ReasonCode.ReceiveMaximumExceeded => "receive-maximum-exceeded",
        ReasonCode.TopicAliasInvalid => "topic-alias-invalid",
        ReasonCode.PacketTooLarge => "packet-too-large",
        ReasonCode.MessageRateTooHigh => "message-rate-too-high",
        ReasonCode.QuotaExceeded => "quota-exceeded",
        ReasonCode.AdministrativeAction => "administrative-action",
        ReasonCode.PayloadFormatInvalid => "payload-format-invalid",
        ReasonCode.RetainNotSupported => "retain-not-supported",
        ReasonCode.QosNotSupported => "qos-not-supported",
        ReasonCode.UseAnotherServer => "use-another-server",
        ReasonCode.ServerMoved => "server-moved",
        ReasonCode.SharedSubscriptionsNotSupported => "shared-subscriptions-not-supported",
        ReasonCode.ConnectionRateExceeded => "connection-rate-exceeded",
        ReasonCode.MaximumConnectTime => "maximum-connect-time",
        ReasonCode.SubscriptionIdentifiersNotSupported => "subscription-identifiers-not-supported",
        ReasonCode.WildcardSubscriptionsNotSupported => "wildcard-subscriptions-not-supported",
        _ => "unknown-reason",
    };

    /// <summary>What the code says, and what to do: <c>this client may not do that (0x87, not-authorized). Correct the credentials or the broker's access list.</c></summary>
    public static string Describe(this ReasonCode code)
    {
        string remedy = Remedy(code);
        return $"{Meaning(code)} (0x{(int)code:X2}, {code.Label()}).{(remedy.Length > 0 ? " " + remedy + "." : "")}";
    }

    /// <summary>True if the number is a code of the protocol.</summary>
    internal static bool IsDefined(byte code) => ((ReasonCode)code).Label() != "unknown-reason";

    private static string Meaning(ReasonCode code) => code switch
    {
        ReasonCode.Success => "it worked",
        ReasonCode.GrantedQos1 => "the broker granted QoS 1",
        ReasonCode.GrantedQos2 => "the broker granted QoS 2",
        ReasonCode.DisconnectWithWill => "disconnected, and the will is to be published",
        ReasonCode.NoMatchingSubscribers => "nobody subscribes to the topic",
        ReasonCode.NoSubscriptionExisted => "there was no such subscription",
        ReasonCode.ContinueAuthentication => "the authentication goes on",
        ReasonCode.ReAuthenticate => "a new authentication was asked for",
        ReasonCode.UnspecifiedError => "the broker gives no reason",
        ReasonCode.MalformedPacket => "a packet could not be read",
        ReasonCode.ProtocolError => "a packet broke the protocol's rules",
        ReasonCode.ImplementationSpecificError => "the broker refuses for a reason of its own",
        ReasonCode.UnsupportedProtocolVersion => "the broker does not speak this version of MQTT",
        ReasonCode.ClientIdentifierNotValid => "the broker refuses the client identifier",
        ReasonCode.BadUserNameOrPassword => "the broker refuses the user name or password",
        ReasonCode.NotAuthorized => "this client may not do that",
        ReasonCode.ServerUnavailable => "the broker is not available",
        ReasonCode.ServerBusy => "the broker is busy",
        ReasonCode.Banned => "this client is banned",
        ReasonCode.ServerShuttingDown => "the broker is shutting down",
        ReasonCode.BadAuthenticationMethod => "the broker does not know the authentication method",
        ReasonCode.KeepAliveTimeout => "the broker heard nothing for one and a half keep-alive intervals",
        ReasonCode.SessionTakenOver => "another client connected with the same client identifier",
        ReasonCode.TopicFilterInvalid => "the broker does not allow the topic filter",
        ReasonCode.TopicNameInvalid => "the topic is not accepted",
        ReasonCode.PacketIdentifierInUse => "the packet identifier is in use",
        ReasonCode.PacketIdentifierNotFound => "the packet identifier is not known",
        ReasonCode.ReceiveMaximumExceeded => "more messages were sent than may be unacknowledged",
        ReasonCode.TopicAliasInvalid => "a topic alias is not valid",
        ReasonCode.PacketTooLarge => "a packet is larger than allowed",
        ReasonCode.MessageRateTooHigh => "messages come too fast",
        ReasonCode.QuotaExceeded => "a quota of the broker or of this client is exhausted",
        ReasonCode.AdministrativeAction => "the broker's administrator closed the connection",
        ReasonCode.PayloadFormatInvalid => "the payload is not in the format it claims",
        ReasonCode.RetainNotSupported => "the broker keeps no retained messages",
        ReasonCode.QosNotSupported => "the broker does not support this quality of service",
        ReasonCode.UseAnotherServer => "the broker asks to use another server for now",
        ReasonCode.ServerMoved => "the broker has moved for good",
        ReasonCode.SharedSubscriptionsNotSupported => "the broker has no shared subscriptions",
        ReasonCode.ConnectionRateExceeded => "connections come too fast",
        ReasonCode.MaximumConnectTime => "the connection lasted as long as the broker allows",
        ReasonCode.SubscriptionIdentifiersNotSupported => "the broker has no subscription identifiers",
        ReasonCode.WildcardSubscriptionsNotSupported => "the broker has no wildcard subscriptions",
        _ => "the broker gives a reason that the protocol does not know",
    };

    private static string Remedy(ReasonCode code) => code switch
    {
        ReasonCode.UnspecifiedError => "Look into the broker's log",
        ReasonCode.MalformedPacket => "Compare the protocol versions of both sides",
        ReasonCode.ProtocolError => "Compare the protocol versions of both sides",
        ReasonCode.ImplementationSpecificError => "Look into the broker's log",
        ReasonCode.UnsupportedProtocolVersion => "Use version=3.1.1",
        ReasonCode.ClientIdentifierNotValid => "Give another client identifier",
        ReasonCode.BadUserNameOrPassword => "Correct the credentials",
        ReasonCode.NotAuthorized => "Correct the credentials or the broker's access list",
        ReasonCode.ServerUnavailable => "Wait, or look into the broker's log",
        ReasonCode.ServerBusy => "Wait",
        ReasonCode.Banned => "Ask the broker's owner",
        ReasonCode.ServerShuttingDown => "Wait until it is back",
        ReasonCode.BadAuthenticationMethod => "Use user name and password",
        ReasonCode.KeepAliveTimeout => "Look for a stalled process or network",
        ReasonCode.SessionTakenOver => "Give each client an identifier of its own",
        ReasonCode.TopicFilterInvalid => "Correct the filter",
        ReasonCode.TopicNameInvalid => "Correct the topic",
        ReasonCode.PacketIdentifierInUse => "Start with a new session",
        ReasonCode.PacketIdentifierNotFound => "Nothing need be done: the exchange had ended before",
        ReasonCode.ReceiveMaximumExceeded => "Report this: a side ignores the other's receive maximum",
        ReasonCode.TopicAliasInvalid => "Report this: a side ignores the other's topic alias maximum",
        ReasonCode.PacketTooLarge => "Send smaller messages or raise the limit",
        ReasonCode.MessageRateTooHigh => "Send fewer",
        ReasonCode.QuotaExceeded => "Raise the quota or use less",
        ReasonCode.AdministrativeAction => "Ask the broker's owner",
        ReasonCode.PayloadFormatInvalid => "Correct the sender",
        ReasonCode.RetainNotSupported => "Publish without the retain flag",
        ReasonCode.QosNotSupported => "Use a lower one",
        ReasonCode.UseAnotherServer => "Connect to the server that it names",
        ReasonCode.ServerMoved => "Connect to the server that it names",
        ReasonCode.SharedSubscriptionsNotSupported => "Subscribe without $share",
        ReasonCode.ConnectionRateExceeded => "Wait",
        ReasonCode.MaximumConnectTime => "Nothing need be done: the client connects again",
        ReasonCode.SubscriptionIdentifiersNotSupported => "Subscribe without one",
        ReasonCode.WildcardSubscriptionsNotSupported => "Subscribe to full topics",
        _ => "",
    };
}
