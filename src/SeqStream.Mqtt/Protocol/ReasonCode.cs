namespace SeqStream.Mqtt.Protocol;

/// <summary>Why a request was answered as it was, or a connection closed (MQTT 5, section 2.4). Return codes of MQTT 3.1.1 are translated.</summary>
public enum ReasonCode
{
    /// <summary>0x00: it worked.</summary>
    Success = 0x00,
    /// <summary>0x01: the broker granted QoS 1.</summary>
    GrantedQos1 = 0x01,
    /// <summary>0x02: the broker granted QoS 2.</summary>
    GrantedQos2 = 0x02,
    /// <summary>0x04: disconnected, and the will is to be published.</summary>
    DisconnectWithWill = 0x04,
    /// <summary>0x10: nobody subscribes to the topic.</summary>
    NoMatchingSubscribers = 0x10,
    /// <summary>0x11: there was no such subscription.</summary>
    NoSubscriptionExisted = 0x11,
    /// <summary>0x18: the authentication goes on.</summary>
    ContinueAuthentication = 0x18,
    /// <summary>0x19: a new authentication was asked for.</summary>
    ReAuthenticate = 0x19,
    /// <summary>0x80: the broker gives no reason.</summary>
    UnspecifiedError = 0x80,
    /// <summary>0x81: a packet could not be read.</summary>
    MalformedPacket = 0x81,
    /// <summary>0x82: a packet broke the protocol's rules.</summary>
    ProtocolError = 0x82,
    /// <summary>0x83: the broker refuses for a reason of its own.</summary>
    ImplementationSpecificError = 0x83,
    /// <summary>0x84: the broker does not speak this version of MQTT.</summary>
    UnsupportedProtocolVersion = 0x84,
    /// <summary>0x85: the broker refuses the client identifier.</summary>
    ClientIdentifierNotValid = 0x85,
    /// <summary>0x86: the broker refuses the user name or password.</summary>
    BadUserNameOrPassword = 0x86,
    /// <summary>0x87: this client may not do that.</summary>
    NotAuthorized = 0x87,
    /// <summary>0x88: the broker is not available.</summary>
    ServerUnavailable = 0x88,
    /// <summary>0x89: the broker is busy.</summary>
    ServerBusy = 0x89,
    /// <summary>0x8A: this client is banned.</summary>
    Banned = 0x8A,
    /// <summary>0x8B: the broker is shutting down.</summary>
    ServerShuttingDown = 0x8B,
    /// <summary>0x8C: the broker does not know the authentication method.</summary>
    BadAuthenticationMethod = 0x8C,
    /// <summary>0x8D: the broker heard nothing for one and a half keep-alive intervals.</summary>
    KeepAliveTimeout = 0x8D,
    /// <summary>0x8E: another client connected with the same client identifier.</summary>
    SessionTakenOver = 0x8E,
    /// <summary>0x8F: the broker does not allow the topic filter.</summary>
    TopicFilterInvalid = 0x8F,
    /// <summary>0x90: the topic is not accepted.</summary>
    TopicNameInvalid = 0x90,
    /// <summary>0x91: the packet identifier is in use.</summary>
    PacketIdentifierInUse = 0x91,
    /// <summary>0x92: the packet identifier is not known.</summary>
    PacketIdentifierNotFound = 0x92,
    /// <summary>0x93: more messages were sent than may be unacknowledged.</summary>
    ReceiveMaximumExceeded = 0x93,
    /// <summary>0x94: a topic alias is not valid.</summary>
    TopicAliasInvalid = 0x94,
    /// <summary>0x95: a packet is larger than allowed.</summary>
    PacketTooLarge = 0x95,
    /// <summary>0x96: messages come too fast.</summary>
    MessageRateTooHigh = 0x96,
    /// <summary>0x97: a quota of the broker or of this client is exhausted.</summary>
    QuotaExceeded = 0x97,
    /// <summary>0x98: the broker's administrator closed the connection.</summary>
    AdministrativeAction = 0x98,
    /// <summary>0x99: the payload is not in the format it claims.</summary>
    PayloadFormatInvalid = 0x99,
    /// <summary>0x9A: the broker keeps no retained messages.</summary>
    RetainNotSupported = 0x9A,
    /// <summary>0x9B: the broker does not support this quality of service.</summary>
    QosNotSupported = 0x9B,
    /// <summary>0x9C: the broker asks to use another server for now.</summary>
    UseAnotherServer = 0x9C,
    /// <summary>0x9D: the broker has moved for good.</summary>
    ServerMoved = 0x9D,
    /// <summary>0x9E: the broker has no shared subscriptions.</summary>
    SharedSubscriptionsNotSupported = 0x9E,
    /// <summary>0x9F: connections come too fast.</summary>
    ConnectionRateExceeded = 0x9F,
    /// <summary>0xA0: the connection lasted as long as the broker allows.</summary>
    MaximumConnectTime = 0xA0,
    /// <summary>0xA1: the broker has no subscription identifiers.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,
    /// <summary>0xA2: the broker has no wildcard subscriptions.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}
