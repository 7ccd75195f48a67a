namespace SeqStream.Mqtt.Payloads;

/// <summary>Turns the bytes of one message into records. A message is taken whole or refused whole.</summary>
public interface IPayloadDecoder
{
    /// <summary>Reads a message and adds its records. Feed thread only.</summary>
    /// <param name="topic">The message's topic in UTF-8.</param>
    /// <param name="message">Its content.</param>
    /// <param name="records">Where records go.</param>
    /// <returns>Null, or what is wrong: what was found, what was expected, what to do. The records added are then taken back.</returns>
    string? Decode(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, IRecordBuilder records);
}
