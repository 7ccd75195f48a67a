namespace SeqStream.Mqtt.Protocol;

/// <summary>The first two to five bytes of a packet.</summary>
/// <param name="Type">The packet's type.</param>
/// <param name="Flags">The lower four bits of the first byte.</param>
/// <param name="HeaderLength">Bytes of the header itself.</param>
/// <param name="BodyLength">Bytes that follow.</param>
internal readonly record struct FrameHeader(PacketType Type, int Flags, int HeaderLength, int BodyLength)
{
    /// <summary>Bytes of the whole packet.</summary>
    public int PacketLength => HeaderLength + BodyLength;

    /// <summary>Reads a header. False with no fault means that more bytes are needed.</summary>
    /// <param name="bytes">What has arrived.</param>
    /// <param name="maxPacketBytes">Largest packet allowed.</param>
    /// <param name="header">The header.</param>
    /// <param name="fault">What is wrong with it.</param>
    [HotPath]
    public static bool TryRead(ReadOnlySpan<byte> bytes, int maxPacketBytes, out FrameHeader header, out PacketFault fault)
    {
        header = default;
        fault = PacketFault.None;
        int length = 0;
        for (int i = 1; i < bytes.Length; i++)
        {
            length |= (bytes[i] & 0x7F) << (7 * (i - 1));
            if ((bytes[i] & 0x80) == 0)
            {
                header = new FrameHeader((PacketType)(bytes[0] >> 4), bytes[0] & 15, i + 1, length);
                fault = header.Check(maxPacketBytes);
                return fault == PacketFault.None;
            }
            if (i == 4)
            {
                fault = PacketFault.BadLength;
                return false;
            }
        }
        return false;
    }

    private PacketFault Check(int maxPacketBytes)
    {
        if (PacketLength > maxPacketBytes) return PacketFault.TooLarge;
        return Type switch
        {
            PacketType.Publish => PacketFault.None,
            PacketType.PubRel => Flags == 2 ? PacketFault.None : PacketFault.BadFlags,
            PacketType.None or PacketType.Connect or PacketType.Subscribe or PacketType.Unsubscribe or PacketType.PingReq => PacketFault.UnexpectedPacket,
            _ => Flags == 0 ? PacketFault.None : PacketFault.BadFlags,
        };
    }
}
