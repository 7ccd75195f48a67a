using SeqStream.Mqtt.Sparkplug;

namespace SeqStream.Mqtt.Tests.Payloads;

public sealed class SparkplugTests
{
    private static readonly byte[] s_birth = "spBv1.0/g/DBIRTH/n/d"u8.ToArray();
    private static readonly byte[] s_values = "spBv1.0/g/DDATA/n/d"u8.ToArray();
    private static readonly byte[] s_death = "spBv1.0/g/DDEATH/n/d"u8.ToArray();

    [Fact]
    public void Birth_names_metrics_and_values_change_rows()
    {
        SparkplugDecoder decoder = new(["Temp", "Level"]);
        Recorder recorder = new();

        Assert.Null(decoder.Decode(s_birth, Payload(2500, Metric("bdSeq", 0, 8, field: 11, number: 3), Metric("Temp", 1, 9, single: 20.5f), Metric("Level", 2, 3, field: 10, number: uint.MaxValue)), recorder));
        Assert.Null(decoder.Decode(s_values, Payload(3000, Metric(null, 1, 0, single: 21f)), recorder));
        Assert.Null(decoder.Decode(s_values, Payload(3500, Metric(null, 2, 3, field: 10, number: 7)), recorder));
        Assert.Null(decoder.Decode(s_death, [], recorder));
        Assert.Equal(["Start", "[0:20.5,-1] t=2.5", "[0:21,-1] t=3", "[0:21,7] t=3.5", "End"], recorder.Records);
    }

    [Fact]
    public void Without_chosen_metrics_a_row_has_all_numbers_of_the_birth()
    {
        Recorder recorder = new();
        SparkplugDecoder decoder = new([]);

        Assert.Null(decoder.Decode(s_birth, Payload(1000, Metric("bdSeq", 9, 8, field: 11, number: 3), Metric("Node Control/Rebirth", 8, 11, field: 14, number: 0), Metric("On", 1, 11, field: 14, number: 1), Metric("V", 2, 10, real: 0.25)), recorder));
        Assert.Equal("[0:1,0.25] t=1", recorder.Records[^1]);
    }

    [Fact]
    public void What_cannot_be_understood_is_refused_with_the_remedy()
    {
        SparkplugDecoder decoder = new(["Temp"]);
        Recorder recorder = new();
        Assert.Contains("Rebirth", decoder.Decode(s_values, Payload(0), recorder), StringComparison.Ordinal);
        Assert.Null(decoder.Decode(s_birth, Payload(0, Metric("Temp", 1, 9, single: 1)), recorder));

        Assert.Contains("alias 5", decoder.Decode(s_values, Payload(0, Metric(null, 5, 9, single: 1)), recorder), StringComparison.Ordinal);
        Assert.Contains("'Temp' is null", decoder.Decode(s_values, Payload(0, Metric("Temp", 1, 9, field: 7, number: 1)), recorder), StringComparison.Ordinal);
        Assert.Contains("are no Sparkplug B payload", decoder.Decode(s_values, "{\"a\":1}"u8, recorder), StringComparison.Ordinal);
        Assert.Contains("the topic is not", decoder.Decode("other/topic"u8, [], recorder), StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_are_refused_without_an_exception()
    {
        SparkplugDecoder decoder = new([]);
        Random random = new(3);
        byte[] good = Payload(1000, Metric("Temp", 1, 9, single: 1), Metric("On", 2, 11, field: 14, number: 1));
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. good];
            for (int change = random.Next(1, 5); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            decoder.Decode(s_birth, bytes.AsSpan(0, random.Next(bytes.Length + 1)), new Recorder());
        }
    }

    private static byte[] Payload(ulong time, params byte[][] metrics)
    {
        List<byte> bytes = [];
        Key(bytes, 1, 0);
        Varint(bytes, time);
        foreach (byte[] metric in metrics) Message(bytes, 2, metric);
        return [.. bytes];
    }

    private static byte[] Metric(string? name, ulong alias, ulong type, int field = 0, ulong number = 0, float? single = null, double? real = null)
    {
        List<byte> bytes = [];
        if (name is not null) Message(bytes, 1, System.Text.Encoding.UTF8.GetBytes(name));
        Key(bytes, 2, 0);
        Varint(bytes, alias);
        Key(bytes, 4, 0);
        Varint(bytes, type);
        if (field > 0)
        {
            Key(bytes, field, 0);
            Varint(bytes, number);
        }
        if (single is { } value)
        {
            Key(bytes, 12, 5);
            bytes.AddRange(BitConverter.GetBytes(value));
        }
        if (real is { } number64)
        {
            Key(bytes, 13, 1);
            bytes.AddRange(BitConverter.GetBytes(number64));
        }
        return [.. bytes];
    }

    private static void Message(List<byte> bytes, int field, byte[] content)
    {
        Key(bytes, field, 2);
        Varint(bytes, (ulong)content.Length);
        bytes.AddRange(content);
    }

    private static void Key(List<byte> bytes, int field, int wire) => Varint(bytes, (ulong)(field << 3 | wire));

    private static void Varint(List<byte> bytes, ulong value)
    {
        for (; value > 0x7F; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }
}
