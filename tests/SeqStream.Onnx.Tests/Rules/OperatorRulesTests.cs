using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Operators.Elementwise;
using SeqStream.Operators.Matrix;
using SeqStream.Plan;

namespace SeqStream.Onnx.Tests.Rules;

public sealed class OperatorRulesTests
{
    [Theory]
    [InlineData("NonZero", "the size of its result depends on the values it is given")]
    [InlineData("Compress", "the size of its result depends on the values it is given")]
    [InlineData("Reshape", "its shape, 'b', is computed from what a step is given, but must be known when the plan is built")]
    [InlineData("Expand", "its shape, 'b', is computed from what a step is given, but must be known when the plan is built")]
    [InlineData("Tile", "its repeats, 'b', is computed from what a step is given, but must be known when the plan is built")]
    public void Sizes_that_depend_on_values_are_refused(string @operator, string reason)
        => Assert.Contains(reason, Refusal(@operator, 17, [Float("a", 3, 4), new Wire("b", ElementType.Int64, new TensorShape(2))]), StringComparison.Ordinal);

    [Theory]
    [InlineData("Add", "[3, 4] and b float32 [5] do not broadcast to one shape")]
    [InlineData("MatMul", "a float32 [3, 4] and b float32 [5] cannot be multiplied")]
    [InlineData("Concat", "b float32 [5] has not the dimensions of a float32 [3, 4]")]
    [InlineData("And", "its inputs are float32; expected bool")]
    [InlineData("BitwiseAnd", "its inputs are float32; expected integers")]
    public void Inputs_that_do_not_go_together_are_refused(string @operator, string reason)
        => Assert.Contains(reason, Refusal(@operator, 18, [Float("a", 3, 4), Float("b", 5)]), StringComparison.Ordinal);

    [Fact]
    public void An_axis_that_does_not_exist_is_refused_with_its_range()
        => Assert.Contains("axis 2 is outside -2 to 1", Refusal("Softmax", 13, [Float("a", 3, 4)], Int("axis", 2)), StringComparison.Ordinal);

    [Fact]
    public void Integers_are_refused_where_floats_are_due()
        => Assert.Contains("is int32; expected float16, float32 or float64", Refusal("Sigmoid", 13, [new Wire("a", ElementType.Int32, new TensorShape(3))]), StringComparison.Ordinal);

    [Fact]
    public void A_constant_index_outside_the_table_is_refused()
        => Assert.Contains("index 9 is outside dimension 0", Refusal("Gather", 13, [Float("a", 3, 4), new Wire("b", ConstantTensor.Int64(new TensorShape(1), 9))]), StringComparison.Ordinal);

    [Fact]
    public void Axes_of_the_wrong_type_are_refused()
        => Assert.Contains("Expected an int32 or int64 tensor", Refusal("Squeeze", 13, [Float("a", 1, 4), new Wire("b", ConstantTensor.Float32(new TensorShape(1), 0))]), StringComparison.Ordinal);

    [Fact]
    public void Batch_normalization_in_training_mode_is_refused()
        => Assert.Contains("it is in training mode", Refusal("BatchNormalization", 15, [Float("a", 1, 4), Float("s", 4), Float("b", 4), Float("m", 4), Float("v", 4)], Int("training_mode", 1)), StringComparison.Ordinal);

    [Theory]
    [InlineData("Flatten")]
    [InlineData("Identity")]
    [InlineData("Dropout")]
    [InlineData("Squeeze")]
    [InlineData("Transpose")]
    public void Seeing_a_tensor_under_another_shape_costs_nothing(string @operator)
    {
        Wire x = Float("x", 1, 5);
        Lowered lowered = Lower(@operator, 11, [x]);
        Assert.Empty(lowered.Nodes);
        Assert.Same(x, lowered.Outputs[0]!.Root);
    }

    [Fact]
    public void Batch_normalization_with_known_statistics_is_one_multiplication_and_one_addition()
    {
        Lowered lowered = Lower("BatchNormalization", 15, [Float("x", 1, 2), Known("s", 2, 4), Known("b", 1, 1), Known("m", 3, 3), Known("v", 4, 16)]);
        Assert.Equal([BinaryFunction.Mul, BinaryFunction.Add], lowered.Nodes.Select(static node => ((BinaryNode)node).Function));
    }

    [Fact]
    public void A_product_with_known_weights_is_packed()
    {
        Assert.IsType<DenseNode>(Assert.Single(Lower("Gemm", 13, [Float("x", 1, 2), new Wire("w", ConstantTensor.Float32(new TensorShape(2, 2), 1, 2, 3, 4)), Known("b", 1, 1)]).Nodes));
        Assert.IsType<MatrixProductNode>(Assert.Single(Lower("Gemm", 13, [Float("x", 1, 2), Float("w", 2, 2)]).Nodes));
    }

    [Fact]
    public void Quantized_weights_are_restored_when_the_plan_is_built()
    {
        Wire weight = new("w", ConstantTensor.Of<sbyte>(ElementType.Int8, new TensorShape(2), [-3, 5])), scale = new("s", ConstantTensor.Float32(new TensorShape(), 0.5f));
        Lowered lowered = Lower("DequantizeLinear", 13, [weight, scale]);
        Assert.Empty(lowered.Nodes);
        Assert.Equal([-1.5f, 2.5f], lowered.Outputs[0]!.Constant!.Values<float>().ToArray());
    }

    private static Wire Float(string name, params ReadOnlySpan<int> dimensions) => new(name, ElementType.Float32, new TensorShape(dimensions));

    private static Wire Known(string name, params ReadOnlySpan<float> values) => new(name, ConstantTensor.Float32(new TensorShape(values.Length), values));

    private static OnnxAttribute Int(string name, long value) => new() { Name = name, Kind = OnnxAttributeKind.Int, Int = value };

    private static string Refusal(string @operator, int opset, ImmutableArray<Wire?> inputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        try
        {
            Lower(@operator, opset, inputs, attributes);
        }
        catch (LoweringException refusal)
        {
            Assert.StartsWith("'the node'", refusal.Message, StringComparison.Ordinal);
            return refusal.Message;
        }
        throw new InvalidOperationException($"{@operator} was not refused.");
    }

    private static Lowered Lower(string @operator, int opset, ImmutableArray<Wire?> inputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        OnnxNode node = new()
        {
            Name = "the node",
            Operator = @operator,
            Domain = "",
            Inputs = [.. inputs.Select(static wire => wire!.Name)],
            Outputs = ["y"],
            Attributes = attributes.ToArray().ToImmutableDictionary(static attribute => attribute.Name),
        };
        return OperatorRules.All[@operator](new NodeContext(node, opset, inputs));
    }
}
