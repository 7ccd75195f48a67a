namespace SeqStream.Mqtt.Protocol;

/// <summary>How a property's value is written.</summary>
internal enum PropertyType
{
    Unknown,
    Byte,
    UInt16,
    UInt32,
    Varint,
    Text,
    Binary,
    /// <summary>Two texts: a name and a value.</summary>
    Pair,
}
