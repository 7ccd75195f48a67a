using SeqStream.Onnx.Reading;
using SeqStream.Plan;
using SeqStream.TestSupport;
using OnnxTensor = SeqStream.TestSupport.OnnxTensor;

namespace SeqStream.Onnx.Tests.Reading;

public class OnnxModelTests
{
    [Fact]
    public void Every_conformance_model_is_read()
    {
        string folder = SharedFolder.Require("onnx-conformance");
        string[] files = Directory.GetFiles(folder, "*.onnx", SearchOption.AllDirectories);
        Assert.True(files.Length > 500);
        foreach (string file in files) Assert.NotEmpty(OnnxModel.Load(file).Graph.Nodes);
    }

    [Fact]
    public void Every_conformance_tensor_is_read_or_named_as_no_tensor_of_ours()
    {
        string folder = SharedFolder.Require("onnx-conformance/node");
        int read = 0;
        foreach (string file in Directory.GetFiles(folder, "model.onnx", SearchOption.AllDirectories))
        {
            OnnxGraph graph = OnnxModel.Load(file).Graph;
            if (graph.Inputs.Concat(graph.Outputs).Any(static value => value.TypeName is "sequence" or "optional" or "of no type")) continue;
            foreach (string tensorFile in Directory.GetFiles(Path.GetDirectoryName(file)!, "*.pb", SearchOption.AllDirectories))
            {
                SeqStream.Onnx.Reading.OnnxTensor tensor = SeqStream.Onnx.Reading.OnnxTensor.Load(tensorFile);
                Assert.True(tensor.Value is not null ^ tensor.Refusal is not null);
                read++;
            }
        }
        Assert.True(read > 1000);
    }

    [Theory]
    [InlineData("models/silero-vad/silero_vad.onnx", "input", "state", "sr")]
    [InlineData("models/dtln/model_1.onnx", "input_2", "input_3")]
    [InlineData("models/dtln/model_2.onnx", "input_4", "input_5")]
    public void Real_models_show_their_inputs(string file, params string[] inputs)
    {
        OnnxModel model = OnnxModel.Load(SharedFolder.Require(file));
        Assert.Equal(inputs, model.Graph.Inputs.Select(static input => input.Name));
        Assert.True(model.Opsets[""] >= 9);
    }

    [Fact]
    public void Fields_of_a_model_are_read()
    {
        OnnxModelWriter writer = new(opset: 17);
        writer.Graph.Input("x", ElementType.Float32, "batch", 8, SeqStream.TestSupport.OnnxDimension.Unknown).Initializer("w", [2, 2], 1, 2, 3, 4)
            .Node("Gemm", ["x", "", "w"], ["y"], ("alpha", 0.5f), ("transB", 1), ("note", "text"), ("axes", new[] { 1, 2 }), ("scales", new[] { 1f, 2f }))
            .Output("y", ElementType.Float32, "batch", 4);
        OnnxModel model = OnnxModel.Parse(writer.Metadata("task", "demo").Opset("com.example", 3).ToBytes(), "m");
        Assert.Equal("demo", model.Metadata["task"]);
        Assert.Equal(17, model.Opsets[""]);
        Assert.Equal(3, model.Opsets["com.example"]);
        Assert.Equal("x float32 [batch, 8, ?]", Assert.Single(model.Graph.Inputs).ToString());
        OnnxNode node = Assert.Single(model.Graph.Nodes);
        Assert.Equal(["x", "", "w"], node.Inputs);
        Assert.Equal(0.5f, node.Attributes["alpha"].Float);
        Assert.Equal(1, node.Attributes["transB"].Int);
        Assert.Equal("text", node.Attributes["note"].Text);
        Assert.Equal([1L, 2L], node.Attributes["axes"].Ints);
        Assert.Equal([1f, 2f], node.Attributes["scales"].Floats);
        Assert.Equal([1f, 2f, 3f, 4f], model.Graph.Initializers["w"].Value!.Values<float>().ToArray());
    }

    [Fact]
    public void An_initializer_that_is_also_an_input_is_no_input()
    {
        OnnxModelWriter writer = new();
        writer.Graph.Input("x", ElementType.Float32, 1).Input("w", ElementType.Float32, 1).Initializer("w", [1], 1).Node("Add", ["x", "w"], ["y"]).Output("y");
        Assert.Equal("x", Assert.Single(OnnxModel.Parse(writer.ToBytes(), "m").Graph.Inputs).Name);
    }

    [Fact]
    public void Typed_lists_equal_raw_bytes()
    {
        Assert.Equal([1f, -2f], Tensor(OnnxTensor.TypedFloats([2], 1, -2)).Values<float>().ToArray());
        Assert.Equal([1d, -2d], Tensor(OnnxTensor.TypedDoubles([2], 1, -2)).Values<double>().ToArray());
        Assert.Equal([5L, -6L], Tensor(OnnxTensor.TypedIntegers(ElementType.Int64, [2], 5, -6)).Values<long>().ToArray());
        Assert.Equal([5, -6], Tensor(OnnxTensor.TypedIntegers(ElementType.Int32, [2], 5, -6)).Values<int>().ToArray());
        Assert.Equal([(sbyte)5, (sbyte)-6], Tensor(OnnxTensor.TypedIntegers(ElementType.Int8, [2], 5, -6)).Values<sbyte>().ToArray());
        Assert.Equal([(ushort)0x3C00], Tensor(OnnxTensor.TypedIntegers(ElementType.Float16, [1], 0x3C00)).Values<ushort>().ToArray());
        Assert.Equal([(byte)1, (byte)0], Tensor(OnnxTensor.TypedIntegers(ElementType.Bool, [2], 7, 0)).Values<byte>().ToArray());
        Assert.Equal([7ul], Tensor(OnnxTensor.TypedIntegers(ElementType.UInt64, [1], 7)).Values<ulong>().ToArray());
    }

    [Fact]
    public void A_nested_graph_sees_its_own_nodes()
    {
        OnnxGraphWriter branch = new OnnxGraphWriter("then").Node("Identity", ["x"], ["inner"]).Output("inner");
        OnnxModelWriter writer = new();
        writer.Graph.Input("x", ElementType.Float32, 1).Input("c", ElementType.Bool).Node("If", ["c"], ["y"], ("then_branch", branch), ("else_branch", branch)).Output("y");
        OnnxGraph then = OnnxModel.Parse(writer.ToBytes(), "m").Graph.Nodes[0].Attributes["then_branch"].Graph!;
        Assert.Equal("Identity", Assert.Single(then.Nodes).Operator);
    }

    private static ConstantTensor Tensor(OnnxTensor tensor)
    {
        OnnxModelWriter writer = new();
        writer.Graph.Initializer("t", tensor).Node("Identity", ["t"], ["y"]).Output("y");
        return OnnxModel.Parse(writer.ToBytes(), "m").Graph.Initializers["t"].Value!;
    }
}
