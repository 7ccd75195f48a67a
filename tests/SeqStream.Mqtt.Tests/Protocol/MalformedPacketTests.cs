using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;
using SeqStream.Mqtt.Tests.Brokers;
using SeqStream.TestSupport;

namespace SeqStream.Mqtt.Tests.Protocol;

/// <summary>Broken packets are recognised for what they are, cost no memory, and nothing but a declared fault comes out of any bytes.</summary>
public sealed class MalformedPacketTests
{
    /// <summary>Packet, fault; the connection is open and has sent no request.</summary>
    private static readonly (string Packet, PacketFault Fault)[] s_broken5 =
    [
        ("30 ff ff ff ff 7f", PacketFault.BadLength),
        ("30 80 80 80 80 00", PacketFault.BadLength),
        ("30 ff ff ff 7f", PacketFault.TooLarge),
        ("30 81 89 7a", PacketFault.TooLarge),
        ("00 00", PacketFault.UnexpectedPacket),
        ("10 00", PacketFault.UnexpectedPacket),
        ("82 00", PacketFault.UnexpectedPacket),
        ("a2 00", PacketFault.UnexpectedPacket),
        ("c0 00", PacketFault.UnexpectedPacket),
        ("20 03 00 00 00", PacketFault.UnexpectedPacket),
        ("f0 00", PacketFault.UnexpectedPacket),
        ("36 07 0001 't' 0001 00 00", PacketFault.BadQos),
        ("3e 07 0001 't' 0001 00 00", PacketFault.BadQos),
        ("38 04 0001 't' 00", PacketFault.BadFlags),
        ("41 02 0001", PacketFault.BadFlags),
        ("52 02 0001", PacketFault.BadFlags),
        ("60 02 0001", PacketFault.BadFlags),
        ("63 02 0001", PacketFault.BadFlags),
        ("72 02 0001", PacketFault.BadFlags),
        ("92 03 0001 00", PacketFault.BadFlags),
        ("b1 03 0001 00", PacketFault.BadFlags),
        ("d1 00", PacketFault.BadFlags),
        ("e1 00", PacketFault.BadFlags),
        ("30 00", PacketFault.Truncated),
        ("30 01 00", PacketFault.Truncated),
        ("30 03 0002 't'", PacketFault.Truncated),
        ("30 03 0001 't'", PacketFault.Truncated),
        ("32 04 0001 't' 00", PacketFault.Truncated),
        ("32 05 0001 't' 0001", PacketFault.Truncated),
        ("32 06 0001 't' 0000 00", PacketFault.BadPacketId),
        ("34 06 0001 't' 0000 00", PacketFault.BadPacketId),
        ("30 03 0000 00", PacketFault.BadTopic),
        ("30 04 0001 '+' 00", PacketFault.BadTopic),
        ("30 04 0001 '#' 00", PacketFault.BadTopic),
        ("30 06 0003 'a/+' 00", PacketFault.BadTopic),
        ("30 04 0001 00 00", PacketFault.NullCharacter),
        ("30 06 0003 'a' 00 'b' 00", PacketFault.NullCharacter),
        ("30 04 0001 ff 00", PacketFault.BadText),
        ("30 05 0002 c3 28 00", PacketFault.BadText),
        ("30 06 0003 eda080 00", PacketFault.BadText),
        ("30 05 0002 c080 00", PacketFault.BadText),
        ("30 05 0001 't' 01 ff", PacketFault.Truncated),
        ("30 06 0001 't' 02 00 00", PacketFault.UnknownProperty),
        ("30 06 0001 't' 02 2b 00", PacketFault.UnknownProperty),
        ("30 06 0001 't' 02 8f 7f", PacketFault.UnknownProperty),
        ("30 04 0001 't' 05", PacketFault.Truncated),
        ("30 06 0001 't' 02 01 02", PacketFault.BadPropertyValue),
        ("30 08 0001 't' 04 01 00 01 00", PacketFault.RepeatedProperty),
        ("30 07 0001 't' 03 23 0000", PacketFault.BadPropertyValue),
        ("30 07 0001 't' 03 23 0011", PacketFault.BadAlias),
        ("30 06 0000 03 23 0001", PacketFault.BadAlias),
        ("30 0a 0001 't' 06 23 0001 23 0001", PacketFault.RepeatedProperty),
        ("30 07 0001 't' 03 21 0001", PacketFault.MisplacedProperty),
        ("30 09 0001 't' 05 11 00000001", PacketFault.MisplacedProperty),
        ("30 06 0001 't' 02 24 01", PacketFault.MisplacedProperty),
        ("30 07 0001 't' 03 1f 0000", PacketFault.MisplacedProperty),
        ("30 06 0001 't' 02 0b 00", PacketFault.BadPropertyValue),
        ("30 0a 0001 't' 06 0b ffffffff 7f", PacketFault.BadLength),
        ("30 08 0001 't' 04 02 000000", PacketFault.Truncated),
        ("30 08 0001 't' 04 03 0002 'a'", PacketFault.Truncated),
        ("30 09 0001 't' 05 03 0002 c328", PacketFault.BadText),
        ("30 08 0001 't' 04 03 0001 00", PacketFault.NullCharacter),
        ("30 09 0001 't' 05 26 0000 0001", PacketFault.Truncated),
        ("30 0a 0001 't' 06 26 0001 ff 0000", PacketFault.BadText),
        ("30 08 0001 't' 04 09 0003 00", PacketFault.Truncated),
        ("30 0e 0001 't' 0a 02 00000001 02 00000001", PacketFault.RepeatedProperty),
        ("40 00", PacketFault.Truncated),
        ("40 01 00", PacketFault.Truncated),
        ("40 02 0000", PacketFault.BadPacketId),
        ("40 03 0001 01", PacketFault.BadReason),
        ("40 03 0001 92", PacketFault.BadReason),
        ("40 05 0001 00 00 00", PacketFault.TrailingBytes),
        ("40 05 0001 00 01 1f", PacketFault.Truncated),
        ("40 06 0001 00 02 01 00", PacketFault.MisplacedProperty),
        ("50 02 0000", PacketFault.BadPacketId),
        ("50 03 0001 92", PacketFault.BadReason),
        ("62 02 0000", PacketFault.BadPacketId),
        ("62 03 0001 80", PacketFault.BadReason),
        ("62 00", PacketFault.Truncated),
        ("70 02 0000", PacketFault.BadPacketId),
        ("70 03 0001 10", PacketFault.BadReason),
        ("90 00", PacketFault.Truncated),
        ("90 03 0001 00", PacketFault.Truncated),
        ("90 04 0001 00 03", PacketFault.BadReason),
        ("90 04 0000 00 00", PacketFault.BadPacketId),
        ("90 04 0001 00 00", PacketFault.UnexpectedPacket),
        ("b0 04 0001 00 00", PacketFault.UnexpectedPacket),
        ("b0 04 0001 00 01", PacketFault.BadReason),
        ("d0 01 00", PacketFault.TrailingBytes),
        ("e0 01 04", PacketFault.BadReason),
        ("e0 01 8c", PacketFault.BadReason),
        ("e0 01 7f", PacketFault.BadReason),
        ("e0 07 8b 05 11 00000001", PacketFault.MisplacedProperty),
        ("e0 03 8b 01 1f", PacketFault.Truncated),
        ("e0 03 8b 00 00", PacketFault.TrailingBytes),
        ("e0 06 8b 04 1f 0001 ff", PacketFault.BadText),
        ("f0 01 80", PacketFault.BadReason),
        ("f0 02 18 00", PacketFault.UnexpectedPacket),
    ];

    private static readonly (string Packet, PacketFault Fault)[] s_broken311 =
    [
        ("40 03 0001 00", PacketFault.TrailingBytes),
        ("62 03 0001 00", PacketFault.TrailingBytes),
        ("90 03 0001 03", PacketFault.BadReason),
        ("90 02 0001", PacketFault.Truncated),
        ("b0 03 0001 00", PacketFault.TrailingBytes),
        ("e0 00", PacketFault.UnexpectedPacket),
        ("f0 00", PacketFault.UnexpectedPacket),
        ("30 02 0000", PacketFault.BadTopic),
        ("32 05 0001 't' 0000", PacketFault.BadPacketId),
    ];

    private static readonly (string Packet, PacketFault Fault)[] s_brokenConnAck5 =
    [
        ("20 00", PacketFault.Truncated),
        ("20 02 00 00", PacketFault.Truncated),
        ("20 03 02 00 00", PacketFault.BadFlags),
        ("20 03 01 87 00", PacketFault.BadFlags),
        ("20 03 00 01 00", PacketFault.BadReason),
        ("20 03 00 8b 00", PacketFault.BadReason),
        ("20 06 00 00 03 21 0000", PacketFault.BadPropertyValue),
        ("20 05 00 00 02 24 02", PacketFault.BadPropertyValue),
        ("20 09 00 00 06 21 0001 21 0001", PacketFault.RepeatedProperty),
        ("20 08 00 00 05 27 00000000", PacketFault.BadPropertyValue),
        ("20 05 00 00 02 01 00", PacketFault.MisplacedProperty),
        ("20 04 00 00 00 00", PacketFault.TrailingBytes),
        ("30 04 0001 't' 00", PacketFault.UnexpectedPacket),
        ("d0 00", PacketFault.UnexpectedPacket),
    ];

    [Fact]
    public void Broken_packet_is_recognised_for_what_it_is()
    {
        Assert.True(s_broken5.Length + s_broken311.Length + s_brokenConnAck5.Length >= 100);
        IEnumerable<(string Packet, PacketFault Expected, PacketFault Found)> judged =
        [
            .. s_broken5.Select(static broken => (broken.Packet, broken.Fault, FaultOf(MqttVersion.V5, broken.Packet, isOpen: true))),
            .. s_broken311.Select(static broken => (broken.Packet, broken.Fault, FaultOf(MqttVersion.V311, broken.Packet, isOpen: true))),
            .. s_brokenConnAck5.Select(static broken => (broken.Packet, broken.Fault, FaultOf(MqttVersion.V5, broken.Packet, isOpen: false))),
        ];

        Assert.DoesNotContain(judged, static one => one.Expected != one.Found);
    }

    [Fact]
    public async Task Client_says_why_it_closes_and_goes_on_with_the_next_connection()
    {
        ScriptedBroker broker = new();
        Observed observed = new();
        await using MqttClient client = await broker.WelcomeAsync(ScriptedBroker.Options(MqttVersion.V5), observer: observed);
        await broker.SendAsync("30 ff ff ff 7f");
        await broker.ExpectAsync("e0 01 95");
        await broker.ExpectEndAsync();
        await broker.AcceptAsync(MqttVersion.V5);
        await broker.ExpectNothingAsync(MqttVersion.V5);

        MqttEvent end = observed.Only(MqttEventKind.Disconnected);
        Assert.Equal("packet-too-large", end.Label);
        Assert.Equal("MQTT broker memory broke the protocol: PUBLISH from the broker: the packet is larger than the limit. The connection was closed. Compare the protocol versions of both sides.", end.Text);
    }

    [Fact]
    public void Announced_size_is_not_allocated()
    {
        byte[] header = ScriptedBroker.Bytes("30 ff ff ff 7f");
        PacketFault fault = default;
        bool isRead = true;

        Assert.Equal(0, Allocation.Of(() => isRead = FrameHeader.TryRead(header, 2_000_000, out _, out fault)));
        Assert.False(isRead);
        Assert.Equal(PacketFault.TooLarge, fault);
    }

    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public void Random_bytes_give_declared_faults_only(MqttVersion version)
    {
        Random random = new(5);
        string[] seeds = [.. s_broken5.Select(static broken => broken.Packet), "32 0e 0003 'a/b' 0001 05 02 0000000a 'xy'", "20 06 00 00 03 21 0014", "34 0f 0001 't' 0002 08 26 0001 'a' 0002 'bc'", "90 04 0001 00 01"];
        for (int i = 0; i < 40_000; i++)
        {
            byte[] bytes = ScriptedBroker.Bytes(seeds[random.Next(seeds.Length)]);
            for (int change = random.Next(4); change >= 0 && bytes.Length > 0; change--)
            {
                int at = random.Next(bytes.Length);
                bytes = random.Next(4) switch
                {
                    0 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
                    1 => [.. bytes[..at], .. bytes[(at + 1)..]],
                    _ => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
                };
            }
            FaultOf(version, bytes, isOpen: random.Next(8) > 0);
        }
    }

    private static PacketFault FaultOf(MqttVersion version, string packet, bool isOpen) => FaultOf(version, ScriptedBroker.Bytes(packet), isOpen);

    /// <summary>The fault that bytes from a broker bring out; anything thrown but a fault fails the test.</summary>
    private static PacketFault FaultOf(MqttVersion version, byte[] bytes, bool isOpen)
    {
        using PacketDispatch session = new(new MqttOptions { Version = version, ClientId = "c" }, new InMemorySessionStore(), null);
        session.Begin();
        try
        {
            if (isOpen) Take(session, new FrameHeader(PacketType.ConnAck, 0, 2, 3), version == MqttVersion.V5 ? [0, 0, 0] : [0, 0]);
            ReadOnlySpan<byte> rest = bytes;
            while (true)
            {
                if (!FrameHeader.TryRead(rest, 2_000_000, out FrameHeader header, out PacketFault fault)) return fault;
                if (rest.Length < header.PacketLength) return PacketFault.None;
                Take(session, header, rest.Slice(header.HeaderLength, header.BodyLength));
                rest = rest[header.PacketLength..];
            }
        }
        catch (ProtocolFaultException fault)
        {
            return fault.Fault;
        }
    }

    private static void Take(PacketDispatch session, FrameHeader header, ReadOnlySpan<byte> body)
    {
        ValueTask taking = session.TakeAsync(header, body);
        Assert.True(taking.IsCompletedSuccessfully);
    }
}
