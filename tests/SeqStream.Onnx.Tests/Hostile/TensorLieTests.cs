using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Tests.Lowering;
using SeqStream.Plan;
using SeqStream.TestSupport;
using OnnxTensor = SeqStream.TestSupport.OnnxTensor;

namespace SeqStream.Onnx.Tests.Hostile;

/// <summary>Stored tensors that do not hold what they say: refused before memory is taken for what they say.</summary>
public class TensorLieTests
{
    public static TheoryData<string, long[]> Dimensions => new()
    {
        { "dimension 4294967296", [1L << 32] },
        { "more elements than the limit", [1L << 30, 1L << 30, 1L << 30] },
        { "more elements than the limit", [65_536, 65_536] },
        { "dimension -1", [-1] },
        { "dimension -9223372036854775808", [long.MinValue] },
        { "dimension 9223372036854775807", [long.MaxValue, 0] },
        { "needs 4000000000 bytes", [1_000_000_000] },
        { "17 dimensions", [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
        { "needs 12 bytes of elements, but 8 are there", [3] },
        { "needs 4 bytes of elements, but 8 are there", [1] },
        { "needs 0 bytes of elements, but 8 are there", [0] },
    };

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void Dimensions_that_the_bytes_do_not_fill_are_refused(string reason, long[] dimensions)
        => Assert.Contains(reason, Unreadable(OnnxTensor.OfRaw(1, dimensions, new byte[8])).Message, StringComparison.Ordinal);

    [Fact]
    public void More_or_fewer_typed_elements_than_dimensions_are_refused()
    {
        Unreadable(OnnxTensor.TypedFloats([3], 1, 2));
        Unreadable(OnnxTensor.TypedFloats([1], 1, 2));
        Unreadable(OnnxTensor.TypedIntegers(ElementType.Int64, [3], 1, 2));
        Unreadable(OnnxTensor.TypedIntegers(ElementType.Int64, [1], 1, 2));
        Unreadable(OnnxTensor.TypedDoubles([1_000_000_000], 1));
    }

    [Fact]
    public void Bytes_that_are_there_twice_are_refused()
    {
        ProtobufWriter tensor = new ProtobufWriter().Int64(1, 3).Int64(2, 1).String(8, "w").Bytes(9, new byte[13]).Bytes(9, new byte[12]);
        Assert.Contains("its bytes twice", HostileBudget.Unreadable(new ProtobufWriter().Message(7, new ProtobufWriter().Message(5, tensor)).ToArray()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(14)]
    [InlineData(17)]
    [InlineData(23)]
    [InlineData(99)]
    [InlineData(int.MaxValue)]
    public void An_element_type_that_is_not_known_is_named_where_the_tensor_is_used(int type)
    {
        OnnxModel model = HostileBudget.Readable(With(type == 8 ? OnnxTensor.Strings([2], "a", "b") : OnnxTensor.OfRaw(type, [1L << 40], [])));
        Blocker blocker = HostileBudget.Refused(model);
        Assert.Equal("w", blocker.Node);
        Assert.Contains("cannot be used", blocker.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_million_stored_tensors_are_refused()
    {
        ProtobufWriter graph = new();
        for (int number = 0; number < 1_000_000; number++) graph.Message(5, new ProtobufWriter().String(8, $"{number}"));
        Assert.Contains("limit", HostileBudget.Unreadable(new ProtobufWriter().Bytes(7, graph.ToArray()).ToArray()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sparse_tensor_is_named_where_it_is_used()
    {
        byte[] sparse = new ProtobufWriter().Message(15, new ProtobufWriter().Message(1, OnnxTensor.Floats([1], 1).Encode("w")).Message(3, new ProtobufWriter())).ToArray();
        byte[] graph = [.. Graph().Encode().ToArray(), .. sparse];
        Assert.Contains("sparse", HostileBudget.Refused(HostileBudget.Readable(new ProtobufWriter().Bytes(7, graph).ToArray())).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Constant")]
    [InlineData("ConstantOfShape")]
    public void A_tensor_attribute_without_a_tensor_is_refused(string @operator)
    {
        byte[] attribute = new ProtobufWriter().String(1, "value").Int64(20, 4).ToArray();
        byte[] node = new ProtobufWriter().String(2, "y").String(4, @operator).Bytes(5, attribute).ToArray();
        Assert.Contains("should hold a tensor", HostileBudget.Unreadable(new ProtobufWriter().Bytes(7, new ProtobufWriter().Bytes(1, node).ToArray()).ToArray()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attributes_of_another_kind_than_the_operator_has_are_refused_by_name()
    {
        Blocker blocker = HostileBudget.Refused(TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1, 4).NamedNode("odd", "", "Softmax", ["x"], ["y"], ("axis", "first")).Output("y")));
        Assert.Equal("odd", blocker.Node);
        Assert.Contains("of kind Text, expected Int", blocker.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ConstantOfShape", 0)]
    [InlineData("Reshape", 0)]
    [InlineData("Range", 0)]
    [InlineData("OneHot", 0)]
    [InlineData("TopK", 0)]
    [InlineData("Trilu", 0)]
    [InlineData("CumSum", 0)]
    public void An_argument_tensor_without_elements_is_refused_or_means_nothing(string @operator, int count)
    {
        HostileBudget.Lower(TestGraphs.Build(graph =>
        {
            graph.Input("x", ElementType.Float32, 1, 4).Initializer("none", OnnxTensor.Int64s([count]));
            graph.NamedNode("odd", "", @operator, @operator switch { "ConstantOfShape" => ["none"], "Range" or "OneHot" => ["none", "none", "none"], _ => ["x", "none"] }, ["z"]).Node("Add", ["x", "z"], ["y"]).Output("y");
        }));
    }

    private static OnnxFormatException Unreadable(OnnxTensor tensor) => HostileBudget.Unreadable(With(tensor));

    private static byte[] With(OnnxTensor tensor)
    {
        OnnxModelWriter writer = new();
        writer.Graph.Initializer("w", tensor).Input("x", ElementType.Float32, 1).Node("Add", ["x", "w"], ["y"]).Output("y");
        return writer.ToBytes();
    }

    private static OnnxGraphWriter Graph() => new OnnxGraphWriter().Input("x", ElementType.Float32, 1).Node("Add", ["x", "w"], ["y"]).Output("y");
}
