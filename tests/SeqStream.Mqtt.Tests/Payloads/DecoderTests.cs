using System.Buffers.Binary;
using System.Text;
using SeqStream.Mqtt.Payloads;

namespace SeqStream.Mqtt.Tests.Payloads;

public sealed class DecoderTests
{
    [Theory]
    [InlineData("json", "[1,2.5]", "[0:1,2.5]")]
    [InlineData("json", "7", "[0:7]")]
    [InlineData("json", " {\"x\":[[1],[2]]} ", "[0:1,2]")]
    [InlineData("json", "{\"t\":0.5,\"seq\":3,\"x\":[1,2],\"other\":{\"a\":[1]}}", "[0:1,2] t=0.5 seq=3")]
    [InlineData("json", "{\"stream\":\"a\\u00fc\",\"inputs\":{\"x\":[1,2]}}", "aü[0:1,2]")]
    [InlineData("json", "{\"text\":\"a\\nb\"}", "'a\nb'")]
    [InlineData("json", "{\"control\":\"reset\"}", "Reset")]
    [InlineData("csv", "1,2.5", "[0:1,2.5]")]
    [InlineData("csv", "1;2\r\n3;4\n", "[0:1,2]|[0:3,4]")]
    [InlineData("text", "hello", "'hello'|End")]
    public void Message_becomes_records(string format, string message, string records)
    {
        Recorder recorder = new();

        Assert.Null(PayloadFormats.Create(format).Decode("t"u8, Encoding.UTF8.GetBytes(message), recorder));
        Assert.Equal(records, string.Join('|', recorder.Records));
    }

    [Theory]
    [InlineData("json", "", "not JSON at line 1, byte 1")]
    [InlineData("json", "[1,2", "not JSON")]
    [InlineData("json", "[1,2] 3", "not JSON")]
    [InlineData("json", "\"a\"", "found the text 'a', expected an array of numbers or an object")]
    [InlineData("json", "[1,\"a\"]", "'x', number 2: found the text 'a', expected a number.")]
    [InlineData("json", "[1e999]", "expected a finite number")]
    [InlineData("json", "{}", "has none of 'x', 'inputs', 'text' and 'control'")]
    [InlineData("json", "{\"x\":[1],\"text\":\"a\"}", "more than one of")]
    [InlineData("json", "{\"inputs\":{\"y\":[1]}}", "names 'y'")]
    [InlineData("json", "{\"inputs\":{}}", "gives 0 of the 1 inputs")]
    [InlineData("json", "{\"control\":\"stop\"}", "expected \"start\", \"end\" or \"reset\"")]
    [InlineData("json", "{\"x\":[1],\"t\":\"now\"}", "expected a number of seconds")]
    [InlineData("json", "{\"x\":[1],\"seq\":-1}", "expected a whole number from 0")]
    [InlineData("csv", "1,x", "column 2: found 'x', expected a number.")]
    [InlineData("csv", "1,nan", "expected a")]
    [InlineData("csv", "\n", "the message is empty")]
    [InlineData("f32le", "abc", "has 3 bytes, expected a multiple of 8")]
    [InlineData("f32le", "", "has 0 bytes")]
    public void Bad_message_is_refused_with_the_reason(string format, string message, string reason)
        => Assert.Contains(reason, PayloadFormats.Create(format).Decode("t"u8, Encoding.UTF8.GetBytes(message), new Recorder()), StringComparison.Ordinal);

    [Fact]
    public void Raw_numbers_fill_rows()
    {
        byte[] floats = new byte[16];
        for (int i = 0; i < 4; i++) BinaryPrimitives.WriteSingleLittleEndian(floats.AsSpan(i * 4), i + 0.5f);
        byte[] shorts = [0, 0x40, 0, 0xC0];
        Recorder recorder = new();
        Recorder samples = new();

        Assert.Null(new RawDecoder(RawNumber.Float32).Decode("t"u8, floats, recorder));
        Assert.Null(new RawDecoder(RawNumber.Int16).Decode("t"u8, shorts, samples));
        Assert.Equal(["[0:0.5,1.5]", "[0:2.5,3.5]"], recorder.Records);
        Assert.Equal(["[0:0.5,-0.5]"], samples.Records);
    }

    [Fact]
    public void Several_inputs_are_filled_by_name_or_in_order()
    {
        Recorder recorder = new(Recorder.Floats("a", 1), Recorder.Integers("b", 2));

        Assert.Null(new JsonDecoder().Decode("t"u8, "{\"inputs\":{\"b\":[2,3.0],\"a\":1}}"u8, recorder));
        Assert.Null(new CsvDecoder().Decode("t"u8, "1,2,3"u8, recorder));
        Assert.Equal(["[1:2,3][0:1]", "[0:1][1:2,3]"], recorder.Records);
    }
}
