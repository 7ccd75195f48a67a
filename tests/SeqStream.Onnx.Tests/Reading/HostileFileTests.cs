using SeqStream.Onnx.Reading;
using SeqStream.Plan;
using SeqStream.TestSupport;
using OnnxTensor = SeqStream.TestSupport.OnnxTensor;

namespace SeqStream.Onnx.Tests.Reading;

public class HostileFileTests
{
    [Fact]
    public void A_truncated_model_is_a_model_or_a_format_fault()
    {
        byte[] bytes = File.ReadAllBytes(SharedFolder.Require("models/dtln/model_1.onnx"));
        int faults = 0;
        for (int length = 0; length < bytes.Length; length += length < 20_000 ? 7 : 7 * 997) faults += ReadOrFault(bytes.AsSpan(0, length)) ? 0 : 1;
        Assert.True(faults > 2000);
    }

    [Fact]
    public void A_small_model_cut_at_every_byte_is_a_model_or_a_format_fault()
    {
        byte[] bytes = Small().ToBytes();
        for (int length = 0; length < bytes.Length; length++) ReadOrFault(bytes.AsSpan(0, length));
        Assert.True(ReadOrFault(bytes));
        Assert.False(ReadOrFault(bytes.AsSpan(0, bytes.Length / 2)));
    }

    [Fact]
    public void Flipped_bytes_give_a_model_or_a_format_fault_within_bounded_memory()
    {
        byte[] bytes = Small().ToBytes();
        Random random = new(17);
        long before = GC.GetAllocatedBytesForCurrentThread();
        const int rounds = 20_000;
        for (int round = 0; round < rounds; round++)
        {
            byte[] broken = [.. bytes];
            for (int flips = random.Next(1, 4); flips > 0; flips--) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            ReadOrFault(broken);
        }
        Assert.True((GC.GetAllocatedBytesForCurrentThread() - before) / rounds < 100_000);
    }

    [Fact]
    public void A_length_beyond_the_file_is_refused_without_allocation()
    {
        byte[] bytes = [0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07];
        long before = GC.GetAllocatedBytesForCurrentThread();
        OnnxFormatException fault = Assert.Throws<OnnxFormatException>(() => OnnxModel.Parse(bytes, "bomb"));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
        Assert.Contains("claims 2147483647 bytes", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, fault.Offset);
    }

    [Fact]
    public void External_tensors_are_refused() => Refused("external data", graph => graph.Initializer("w", OnnxTensor.External(ElementType.Float32, [1], "../../etc/passwd")));

    [Fact]
    public void A_tensor_with_too_few_bytes_is_refused() => Refused("needs 4000000000 bytes", graph => graph.Initializer("w", OnnxTensor.OfRaw(1, [1_000_000_000], [0, 0, 0, 0])));

    [Fact]
    public void Dimensions_whose_product_overflows_are_refused() => Refused("more elements than the limit", graph => graph.Initializer("w", OnnxTensor.OfRaw(1, [1L << 30, 1L << 30, 1L << 30], [])));

    [Fact]
    public void A_negative_dimension_is_refused() => Refused("dimension -4", graph => graph.Initializer("w", OnnxTensor.OfRaw(1, [-4], [])));

    [Fact]
    public void Two_initializers_of_one_name_are_refused() => Refused("two initializers", graph => graph.Initializer("w", [1], 1).Initializer("w", [1], 2));

    [Fact]
    public void Too_many_nodes_are_refused()
    {
        OnnxModelWriter writer = new();
        for (int i = 0; i < 30; i++) writer.Graph.Node("Relu", ["x"], ["y"]);
        OnnxFormatException fault = Assert.Throws<OnnxFormatException>(() => OnnxModel.Parse(writer.ToBytes(), "m", new OnnxLimits { Nodes = 29 }));
        Assert.Contains("more than 29 nodes", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_names_is_refused()
    {
        OnnxModelWriter writer = new();
        writer.Graph.Node("Sum", [.. Enumerable.Repeat("x", 1000)], ["y"]);
        Assert.Throws<OnnxFormatException>(() => OnnxModel.Parse(writer.ToBytes(), "m", new OnnxLimits { Items = 900 }));
    }

    [Fact]
    public void A_packed_flood_of_one_byte_integers_is_refused()
    {
        OnnxModelWriter writer = new();
        writer.Graph.Node("Sum", ["x"], ["y"], ("axes", new long[100_000]));
        Assert.Throws<OnnxFormatException>(() => OnnxModel.Parse(writer.ToBytes(), "m", new OnnxLimits { DecodedBytes = 1000 }));
    }

    [Fact]
    public void Graphs_nested_beyond_the_limit_are_refused_and_do_not_overflow_the_stack()
    {
        Assert.Contains("nested more than 64", Assert.Throws<OnnxFormatException>(() => OnnxModel.Parse(Nested(70), "m")).Message, StringComparison.Ordinal);
        Assert.NotNull(OnnxModel.Parse(Nested(64), "m"));
    }

    [Fact]
    public void A_file_beyond_the_limit_is_refused()
    {
        byte[] bytes = Small().ToBytes();
        Assert.Throws<OnnxFormatException>(() => OnnxModel.Parse(bytes, "m", new OnnxLimits { FileBytes = bytes.Length - 1 }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"not\": \"a model\"}")]
    [InlineData("version https://git-lfs.github.com/spec/v1")]
    public void Text_is_no_model(string text) => Assert.False(ReadOrFault(System.Text.Encoding.UTF8.GetBytes(text)));

    private static byte[] Nested(int levels)
    {
        OnnxGraphWriter graph = new OnnxGraphWriter("g0").Node("Identity", ["x"], ["y"]).Output("y");
        for (int level = 1; level < levels; level++) graph = new OnnxGraphWriter("g").Node("If", ["c"], ["y"], ("then_branch", graph)).Output("y");
        OnnxModelWriter writer = new();
        writer.Graph.Node("If", ["c"], ["y"], ("then_branch", graph)).Output("y");
        return writer.ToBytes();
    }

    private static OnnxModelWriter Small()
    {
        OnnxModelWriter writer = new();
        OnnxGraphWriter branch = new OnnxGraphWriter("then").Node("Identity", ["x"], ["inner"]).Output("inner");
        writer.Graph.Input("x", ElementType.Float32, "batch", 8).Initializer("w", [2, 2], 1, 2, 3, 4).Int64s("axes", 1, 2)
            .Initializer("t", OnnxTensor.TypedIntegers(ElementType.Int64, [3], 1, 2, 3))
            .Node("Gemm", ["x", "w"], ["y"], ("alpha", 0.5f), ("axes", new[] { 1, 2 }))
            .Node("If", ["c"], ["z"], ("then_branch", branch), ("else_branch", branch))
            .Output("y", ElementType.Float32, "batch", 4);
        return writer.Metadata("task", "demo");
    }

    private static void Refused(string reason, Action<OnnxGraphWriter> build)
    {
        OnnxModelWriter writer = new();
        build(writer.Graph);
        OnnxFormatException fault = Assert.Throws<OnnxFormatException>(() => OnnxModel.Parse(writer.ToBytes(), "m"));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.True(fault.Offset > 0);
    }

    /// <summary>True for a model, false for a format fault; anything else fails the test.</summary>
    private static bool ReadOrFault(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return OnnxModel.Parse(bytes, "broken").Graph is not null;
        }
        catch (OnnxFormatException)
        {
            return false;
        }
    }
}
