using FsCheck;
using FsCheck.Fluent;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;

namespace SeqStream.Mqtt.Tests.Protocol;

/// <summary>What is written is read back.</summary>
public sealed class CodecTests
{
    private static readonly Config s_configuration = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Fact]
    public void Publish_reads_back_what_was_written()
    {
        Gen<PublishMessage> messages =
            from topic in Text().Where(static text => text.Length > 0 && Topics.ProblemOfName(text) is null)
            from payload in Gen.ArrayOf(ArbMap.Default.GeneratorFor<byte>())
            from quality in Gen.Elements(Enum.GetValues<QualityOfService>())
            from isRetained in ArbMap.Default.GeneratorFor<bool>()
            from contentType in Gen.OneOf(Gen.Constant<string?>(null), Text().Select(static text => (string?)text))
            from correlation in Gen.ArrayOf(ArbMap.Default.GeneratorFor<byte>())
            from users in Gen.ListOf(Text().Zip(Text()).Select(static pair => new UserProperty(pair.Item1, pair.Item2)))
            select new PublishMessage
            {
                Topic = topic, Payload = payload, Quality = quality, IsRetained = isRetained, ContentType = contentType, ResponseTopic = contentType, CorrelationData = correlation,
                UserProperties = [.. users], Expiry = TimeSpan.FromSeconds(payload.Length), IsText = isRetained,
            };
        Prop.ForAll(messages.ToArbitrary(), static message => RoundTrip(message, MqttVersion.V5) && RoundTrip(message, MqttVersion.V311)).Check(s_configuration);
    }

    [Fact]
    public void Acknowledgement_reads_back_what_was_written()
        => Prop.ForAll(ArbMap.Default.ArbFor<ushort>(), static id =>
        {
            if (id == 0) return;
            foreach (PacketType type in (PacketType[])[PacketType.PubAck, PacketType.PubRec, PacketType.PubRel, PacketType.PubComp])
            {
                ReasonCode reason = type is PacketType.PubRel or PacketType.PubComp ? ReasonCode.PacketIdentifierNotFound : ReasonCode.QuotaExceeded;
                foreach (ReasonCode code in (ReasonCode[])[ReasonCode.Success, reason])
                {
                    PacketBuffer buffer = new();
                    AckPacket.Encode(buffer, type, id, code, MqttVersion.V5);
                    Assert.True(FrameHeader.TryRead(buffer.Written, 100, out FrameHeader header, out _));
                    Assert.Equal(new AckPacket(id, code), AckPacket.Decode(buffer.Written[header.HeaderLength..], header.Type, MqttVersion.V5, out PacketFault fault));
                    Assert.Equal(PacketFault.None, fault);
                }
            }
        }).Check(s_configuration);

    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "8001")]
    [InlineData(16383, "FF7F")]
    [InlineData(16384, "808001")]
    [InlineData(268435455, "FFFFFF7F")]
    public void Length_is_written_in_groups_of_seven_bits(int value, string expected)
    {
        PacketBuffer buffer = new();
        buffer.Varint(value);
        PacketReader reader = new(buffer.Written);

        Assert.Equal(expected, Convert.ToHexString(buffer.Written));
        Assert.Equal((uint)value, reader.Varint());
        Assert.Equal(buffer.Length, PacketBuffer.VarintLength(value));
    }

    [Theory]
    [InlineData("a/+/c", "a/b/c", true)]
    [InlineData("a/+/c", "a/b/d", false)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("#", "$SYS/x", false)]
    [InlineData("+/x", "$SYS/x", false)]
    [InlineData("$SYS/#", "$SYS/x", true)]
    [InlineData("+", "/a", false)]
    [InlineData("/+", "/a", true)]
    [InlineData("+/+", "/a", true)]
    public void Filter_selects_topics(string filter, string topic, bool selects) => Assert.Equal(selects, Topics.Matches(filter, topic));

    [Theory]
    [InlineData("a+/b")]
    [InlineData("a/#/b")]
    [InlineData("a/b#")]
    [InlineData("")]
    [InlineData("$share/g")]
    [InlineData("$share//a")]
    public void Bad_filter_is_described(string filter) => Assert.NotNull(Topics.ProblemOfFilter(filter));

    [Fact]
    public void Reason_codes_have_labels_and_texts_of_their_own()
    {
        ReasonCode[] codes = Enum.GetValues<ReasonCode>();

        Assert.Equal(codes.Length, codes.Select(static code => code.Label()).Distinct().Count());
        Assert.Equal(codes.Length, codes.Select(static code => code.Describe()).Distinct().Count());
        Assert.All(codes.Where(static code => code.IsError()), static code => Assert.Matches(@"^.+ \(0x[0-9A-F]{2}, [a-z0-9-]+\)\. .+\.$", code.Describe()));
    }

    private static Gen<string> Text() => Gen.Elements("a", "b/c", "ü", "日本", "😀", " ", "x-y_z", "").Two().Select(static pair => pair.Item1 + pair.Item2);

    private static bool RoundTrip(PublishMessage message, MqttVersion version)
    {
        StoredPublish stored = OutgoingPublish.Of(message, version, null).Message with { PacketId = 7 };
        PacketBuffer buffer = new();
        PublishPacket.Encode(buffer, in stored, stored.Topic.Span, 0, isDuplicate: false, version);
        Assert.True(FrameHeader.TryRead(buffer.Written, 1 << 20, out FrameHeader header, out PacketFault fault));
        Assert.Equal(buffer.Length, header.PacketLength);
        ReadOnlySpan<byte> body = buffer.Written[header.HeaderLength..];
        PublishView view = PublishView.Decode(body, header.Flags, version, out fault);
        Assert.Equal(PacketFault.None, fault);
        using Inbox inbox = new(new Mqtt.Connection.Wire(version), new MqttOptions(), new InMemorySessionStore(), null);
        using ReceivedMessage received = new(inbox);
        received.Fill(in view, body[view.Topic], body);
        Assert.Equal((message.Topic, message.Quality, message.IsRetained), (received.Topic, received.Quality, received.IsRetained));
        Assert.Equal(message.Payload.ToArray(), received.Payload.ToArray());
        if (version == MqttVersion.V311) return true;
        Assert.Equal((message.ContentType, message.ResponseTopic, message.Expiry, message.IsText), (received.ContentType, received.ResponseTopic, received.Expiry, received.IsText));
        Assert.Equal(message.CorrelationData.ToArray(), received.CorrelationData.ToArray());
        Assert.Equal(message.UserProperties, received.UserProperties);
        return true;
    }
}
