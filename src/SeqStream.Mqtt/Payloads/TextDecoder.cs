using System.Text.Unicode;
using SeqStream.Contracts;

namespace SeqStream.Mqtt.Payloads;

/// <summary>Running text in UTF-8: a message is a sequence.</summary>
public sealed class TextDecoder : IPayloadDecoder
{
    /// <inheritdoc/>
    public string? Decode(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, IRecordBuilder records)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (!Utf8.IsValid(message)) return "the message is not valid UTF-8. Send text in UTF-8, or name the payload's format.";
        records.Payload.Content = FrameContent.Text;
        records.Payload.AddText(message);
        records.AddPayload();
        records.AddControl(FrameKind.End);
        return null;
    }
}
