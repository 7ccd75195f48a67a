using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Pipeline.Checkpoints;

public sealed class StreamRecordTests
{
    /// <summary>A record that format version 1 wrote. It must stay readable.</summary>
    private const string GoldenVersion1 =
        "5351535201000000A16344B02CF12572EFCDAB896745230105000000000000003200000000000000070000006B6974636865"
        + "6E0C00000005060708090A0B0C0D0E0F100500000066726F6E74070000006465636F646572E171F580";

    internal static StepSignature Signature { get; } = new("golden.onnx", 0x0123456789ABCDEF, [], [], new StateLayout([new StateField("h", ElementType.Float32, new TensorShape(1, 3))]));

    [Fact]
    public void Opened_record_has_what_was_written()
    {
        StateWriter writer = new();
        Fill(writer, "kitchen"u8, 5);
        StreamRecord record = StreamRecord.Open(writer.Written, Signature, "kitchen"u8);
        Assert.Equal((5, 50), (record.Steps, record.Position));
        Assert.Equal([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], record.Row.ToArray());
        Assert.Equal("front"u8.ToArray(), record.FrontEnd.ToArray());
        Assert.Equal("decoder"u8.ToArray(), record.Decoder.ToArray());
    }

    [Fact]
    public void Golden_record_of_version_1_opens()
    {
        StreamRecord record = StreamRecord.Open(Convert.FromHexString(GoldenVersion1), Signature, "kitchen"u8);
        Assert.Equal((5, 50), (record.Steps, record.Position));
        Assert.Equal([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], record.Row.ToArray());
    }

    [Fact]
    public void Every_flipped_bit_and_every_cut_is_refused()
    {
        StateWriter writer = new();
        Fill(writer, "kitchen"u8, 5);
        byte[] bytes = writer.Written.ToArray();
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.Throws<StateSnapshotException>(() => StreamRecord.Open(bytes, Signature, "kitchen"u8).Steps);
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
        for (int length = 0; length < bytes.Length; length++) Assert.Throws<StateSnapshotException>(() => StreamRecord.Open(bytes.AsSpan(0, length), Signature, "kitchen"u8).Steps);
    }

    [Fact]
    public void Record_of_another_model_layout_or_stream_is_refused_by_name()
    {
        StateWriter writer = new();
        Fill(writer, "kitchen"u8, 5);
        byte[] bytes = writer.Written.ToArray();
        Refused("belongs to model 0123456789abcdef", Signature with { ModelId = 1 }, "kitchen");
        Refused("has state layout", Signature with { Layout = new StateLayout([new StateField("h", ElementType.Float32, new TensorShape(1, 4))]) }, "kitchen");
        Refused("has another name", Signature, "hall");

        void Refused(string reason, StepSignature signature, string name)
            => Assert.Contains(reason, Assert.Throws<StateSnapshotException>(() => StreamRecord.Open(bytes, signature, System.Text.Encoding.UTF8.GetBytes(name)).Steps).Message, StringComparison.Ordinal);
    }

    internal static void Fill(StateWriter writer, ReadOnlySpan<byte> name, int seed)
    {
        StreamRecord.Begin(writer, Signature, name, seed, seed * 10, out Span<byte> row);
        for (int i = 0; i < row.Length; i++) row[i] = (byte)(seed + i);
        writer.Write("front"u8);
        writer.Write("decoder"u8);
        StreamRecord.Seal(writer);
    }
}
