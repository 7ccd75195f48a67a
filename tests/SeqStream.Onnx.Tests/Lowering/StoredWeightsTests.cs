using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Writing;
using SeqStream.Operators;
using SeqStream.Operators.Matrix;
using SeqStream.Plan;
using SeqStream.State;
using SeqStream.TestSupport;
using SeqStream.Weights;
using OnnxTensor = SeqStream.TestSupport.OnnxTensor;

namespace SeqStream.Onnx.Tests.Lowering;

/// <summary>Weights that a model stores in fewer bytes than float32, or that are rounded when it is loaded.</summary>
public sealed class StoredWeightsTests
{
    private const int Input = 40, Hidden = 64, Classes = 270, Steps = 24;

    public static TheoryData<WeightForm> SmallForms() => [WeightForm.BFloat16, WeightForm.Float16, WeightForm.Int8, WeightForm.Int4];

    [Theory]
    [MemberData(nameof(SmallForms))]
    public void A_converted_file_has_the_weights_of_the_rounding_at_load(WeightForm form)
    {
        OnnxModel model = TaggerOf("LSTM", 4);
        LoweringResult rounded = TestGraphs.Lowered(model, new LoweringOptions { Weights = form });
        StepModelFile file = StepModelWriter.Write(rounded);
        LoweringResult read = TestGraphs.Lowered(OnnxModel.Parse(file.Bytes, "written.onnx"));
        float[][] x = PlanRun.Random(Steps, Input), expected = PlanRun.Steps(rounded.Plan!, x), found = PlanRun.Steps(read.Plan!, x);

        Assert.Equal([form], rounded.Plan!.SmallForms);
        Assert.Equal([form], read.Plan!.SmallForms);
        Assert.Equal(3, read.Plan.Nodes.Count(static node => !node.StoredWeights.IsEmpty));
        Assert.All(rounded.Plan.Nodes.SelectMany(static node => node.StoredWeights).Zip(read.Plan.Nodes.SelectMany(static node => node.StoredWeights)), static pair => AssertSame(pair.First, pair.Second));
        Assert.All(expected.Zip(found), static step => PlanRun.Near(step.First, step.Second)); // a Gemm is written as a product and an addition
        Assert.Equal(form == WeightForm.Int4 ? 21 : 17, file.Opset);
        int wide = StepModelWriter.Write(TestGraphs.Lowered(model)).Bytes.Length;
        Assert.InRange(file.Bytes.Length, wide * form.Bits() / 40, wide * form.Bits() / 22);
    }

    [Theory]
    [MemberData(nameof(SmallForms))]
    public void Rounded_weights_make_another_model_of_near_numbers(WeightForm form)
    {
        OnnxModel model = TaggerOf("GRU", 3);
        StepPlan wide = TestGraphs.Lowered(model).Plan!;
        LoweringResult rounded = TestGraphs.Lowered(model, new LoweringOptions { Weights = form });
        float[][] x = PlanRun.Random(Steps, Input), expected = PlanRun.Steps(wide, x), found = PlanRun.Steps(rounded.Plan!, x);

        Assert.NotEqual(wide.Id, rounded.Plan!.Id);
        Assert.Equal(wide.Layout.Id, rounded.Plan.Layout.Id);
        Assert.True(rounded.Plan.WeightBytes < wide.WeightBytes * form.Bits() / 24);
        Assert.Equal(3, rounded.Approximate.Length);
        Assert.Contains(rounded.Notes, note => note.Contains(form.ShortName(), StringComparison.Ordinal));
        Assert.NotEqual(expected[^1], found[^1]);
        float most = form switch { WeightForm.Float16 => 0.01f, WeightForm.BFloat16 => 0.06f, WeightForm.Int8 => 0.15f, _ => 1.2f };
        Assert.All(expected.Zip(found), step => PlanRun.Near(step.First, step.Second, most));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Integers_of_a_file_run_as_their_values_unless_integer_products_are_meant(bool isMeant)
    {
        OnnxModel model = QuantizedOf(isMeant ? "int8" : null, ElementType.Int8, 0);
        StepPlan plan = TestGraphs.Lowered(model).Plan!, values = TestGraphs.Lowered(model, new LoweringOptions { Weights = WeightForm.Float32 }).Plan!;
        float[][] x = PlanRun.Random(Steps, Input), expected = PlanRun.Steps(values, x), found = PlanRun.Steps(plan, x);

        Assert.Empty(values.SmallForms);
        Assert.Equal(isMeant ? [WeightForm.Int8] : [], plan.SmallForms);
        Assert.Equal(isMeant, plan.Nodes.Any(static node => node.RoundsActivations));
        if (isMeant) Assert.NotEqual(expected[^1], found[^1]);
        else Assert.Equal(expected[^1], found[^1]);
    }

    [Theory]
    [InlineData(ElementType.Int8, 0)]
    [InlineData(ElementType.UInt8, 128)]
    [InlineData(ElementType.UInt8, 120)]
    public void The_integers_that_are_there_are_taken(ElementType type, int zeroPoint)
    {
        OnnxModel model = QuantizedOf("int8", type, zeroPoint);
        RecurrentStepNode layer = Assert.Single(TestGraphs.Lowered(model).Plan!.Nodes.OfType<RecurrentStepNode>());
        Assert.Equal(WeightForm.Int8, layer.Weights.Form);
        sbyte[] codes = Codes(4 * Hidden * Input);
        Assert.Equal(codes, layer.Weights.StoredInput!.Codes.ToArray());
        Assert.Equal(4 * Hidden, layer.Weights.StoredInput.Scales.Length);
        Assert.Equal(codes[Input + 3] * layer.Weights.StoredInput.Scales[1], layer.Weights.Input[Input + 3]);
        RecurrentStepNode same = Assert.Single(TestGraphs.Lowered(model, new LoweringOptions { Weights = WeightForm.Int8 }).Plan!.Nodes.OfType<RecurrentStepNode>());
        Assert.Equal(codes, same.Weights.StoredInput!.Codes.ToArray());
    }

    [Fact]
    public void Scales_that_kernels_do_not_take_leave_the_values()
    {
        OnnxModel model = TestGraphs.Build(graph => graph
            .Input("x", ElementType.Float32, "seq", Hidden).Initializer("q", OnnxTensor.Of<sbyte>(ElementType.Int8, [Hidden, Classes], Codes(Hidden * Classes)))
            .Initializer("s", [Hidden], [.. Enumerable.Range(1, Hidden).Select(static i => i / 1000f)]) // one for each term of a sum
            .Node("DequantizeLinear", ["q", "s"], ["w"], ("axis", 0)).Node("MatMul", ["x", "w"], ["y"]).Output("y", ElementType.Float32, "seq", Classes), 17, static writer => writer.Metadata("seqstream.weights", "int8"));
        DenseNode layer = Assert.Single(TestGraphs.Lowered(model).Plan!.Nodes.OfType<DenseNode>());
        Assert.Null(layer.Stored);
        Assert.Equal(Codes(Hidden * Classes)[Classes] * 0.002f, layer.Inputs[1]!.Constant!.Values<float>()[Classes]);
    }

    [Fact]
    public void Blocks_that_do_not_divide_the_terms_have_a_short_last_one()
    {
        const int Terms = 70, Block = 32, Rows = 240;
        byte[] nibbles = [.. Enumerable.Range(0, Terms * Rows / 2).Select(static i => (byte)(i * 37))];
        OnnxModel model = TestGraphs.Build(graph => graph
            .Input("x", ElementType.Float32, "seq", Terms).Initializer("q", OnnxTensor.OfRaw(22, [Terms, Rows], nibbles)).Initializer("s", [3, Rows], [.. Enumerable.Range(0, 3 * Rows).Select(static i => 0.01f + i / 10000f)])
            .Node("DequantizeLinear", ["q", "s"], ["w"], ("axis", 0), ("block_size", Block)).Node("MatMul", ["x", "w"], ["y"]).Output("y", ElementType.Float32, "seq", Rows), 21, static writer => writer.Metadata("seqstream.weights", "int4"));
        DenseNode layer = Assert.Single(TestGraphs.Lowered(model).Plan!.Nodes.OfType<DenseNode>());
        StoredMatrix stored = Assert.IsType<StoredMatrix>(layer.Stored);
        Assert.Equal((WeightForm.Int4, Rows, Terms, Block, 3), (stored.Form, stored.Rows, stored.Columns, stored.GroupColumns, stored.Groups));
        float[] values = layer.Inputs[1]!.Constant!.Values<float>().ToArray(), wide = stored.Widen();
        for (int term = 0; term < Terms; term++)
        {
            for (int row = 0; row < Rows; row++)
            {
                int nibble = nibbles[(term * Rows + row) / 2] >> (row % 2 * 4) & 0xf, code = nibble > 7 ? nibble - 16 : nibble;
                Assert.Equal(code * (0.01f + (term / Block * Rows + row) / 10000f), values[term * Rows + row], 1e-6f);
                Assert.Equal(values[term * Rows + row], wide[row * Terms + term]);
            }
        }
    }

    /// <summary>Scales of other sizes are either the model's mistake, or broadcast in a way that kernels do not take.</summary>
    [Theory]
    [InlineData(new long[] { 3, 270 }, true)]
    [InlineData(new long[] { 4, 270 }, false)]
    [InlineData(new long[] { 3, 280 }, false)]
    [InlineData(new long[] { 3, 1 }, false)]
    public void Scales_of_another_size_are_not_taken(long[] shape, bool isTaken)
    {
        OnnxModel model = TestGraphs.Build(graph => graph
            .Input("x", ElementType.Float32, "seq", 72).Initializer("q", OnnxTensor.Of<sbyte>(ElementType.Int8, [72, 270], Codes(72 * 270))).Initializer("s", shape, new float[shape[0] * shape[1]])
            .Node("DequantizeLinear", ["q", "s"], ["w"], ("axis", 0), ("block_size", 24)).Node("MatMul", ["x", "w"], ["y"]).Output("y", ElementType.Float32, "seq", 270), 21, static writer => writer.Metadata("seqstream.weights", "int8"));
        LoweringResult result = OnnxLowering.Lower(model);
        if (isTaken) Assert.Equal(3, Assert.Single(result.PlanOrThrow().Nodes.OfType<DenseNode>()).Stored!.Groups);
        else Assert.True(result.Plan is null || result.Plan.SmallForms.IsEmpty);
    }

    [Fact]
    public void A_form_that_nobody_knows_is_told_and_the_values_run()
    {
        LoweringResult result = TestGraphs.Lowered(QuantizedOf("int3", ElementType.Int8, 0));
        Assert.Contains(result.Notes, static note => note.Contains("'int3'", StringComparison.Ordinal) && note.Contains("expected f32, bf16, f16, int8, int4", StringComparison.Ordinal));
        Assert.Empty(result.Plan!.SmallForms);
    }

    [Fact]
    public void A_tensor_that_is_cut_short_is_refused()
    {
        OnnxModelWriter writer = new(21);
        writer.Graph.Input("x", ElementType.Float32, "seq", 4).Initializer("q", OnnxTensor.OfRaw(22, [4, 5], new byte[9])).Node("Cast", ["q"], ["w"], ("to", 1)).Node("MatMul", ["x", "w"], ["y"]).Output("y", ElementType.Float32, "seq", 5);
        OnnxFormatException thrown = Assert.Throws<OnnxFormatException>(() => OnnxModel.Parse(writer.ToBytes(), "cut.onnx"));
        Assert.Contains("needs 10 bytes of elements, but 9 are there", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SmallForms))]
    public void Weights_that_a_form_cannot_hold_stay_float32(WeightForm form)
    {
        float[] weights = [.. Enumerable.Repeat(0.25f, Hidden * Classes)];
        weights[7] = float.PositiveInfinity;
        OnnxModel model = TestGraphs.Build(graph => graph.Input("x", ElementType.Float32, "seq", Hidden).Initializer("w", [Hidden, Classes], weights).Node("MatMul", ["x", "w"], ["y"]).Output("y", ElementType.Float32, "seq", Classes));
        Assert.Empty(TestGraphs.Lowered(model, new LoweringOptions { Weights = form }).Plan!.SmallForms);
    }

    [Theory]
    [MemberData(nameof(SmallForms))]
    public void Both_directions_of_a_layer_are_written_and_read(WeightForm form)
    {
        OnnxModel model = TestGraphs.Build(static graph => graph
            .Input("x", ElementType.Float32, 5, 1, Input).Weights("layer", 4, Input, Hidden, 2).Recurrent("layer", "LSTM", "x", [], ["y"], ("hidden_size", Hidden), ("direction", "bidirectional")).Output("y", ElementType.Float32, 5, 2, 1, Hidden));
        LoweringResult rounded = OnnxLowering.LowerWhole(model, new LoweringOptions { Weights = form });
        LoweringResult read = OnnxLowering.LowerWhole(OnnxModel.Parse(StepModelWriter.Write(rounded).Bytes, "written.onnx"));
        float[][] x = PlanRun.Random(2, 5 * Input);
        Assert.Equal([form], read.Plan!.SmallForms);
        Assert.All(PlanRun.Steps(rounded.Plan!, x).Zip(PlanRun.Steps(read.Plan, x)), static step => Assert.Equal(step.First, step.Second));
    }

    [Theory]
    [MemberData(nameof(SmallForms))]
    public void A_saved_state_goes_on_and_fits_no_other_form(WeightForm form)
    {
        OnnxModel model = TaggerOf("LSTM", 4);
        StepPlan plan = TestGraphs.Lowered(model, new LoweringOptions { Weights = form }).Plan!;
        float[][] x = PlanRun.Random(Steps, Input), expected = PlanRun.Steps(plan, x);
        using StreamingModel first = StreamingModel.FromPlan(plan), second = StreamingModel.FromPlan(plan), wide = StreamingModel.FromPlan(TestGraphs.Lowered(model).Plan!);
        using StreamSession before = first.CreateSession(), after = second.CreateSession(), other = wide.CreateSession();
        float[] answer = new float[Classes];
        for (int step = 0; step < Steps / 2; step++) before.Step(x[step], answer);
        byte[] saved = before.Save();
        after.Restore(saved);
        for (int step = Steps / 2; step < Steps; step++)
        {
            after.Step(x[step], answer);
            Assert.Equal(expected[step], answer);
        }
        Assert.Throws<StateSnapshotException>(() => other.Restore(saved));
    }

    /// <summary>A recurrent layer and two dense ones, a MatMul and a Gemm.</summary>
    private static OnnxModel TaggerOf(string cell, int gates) => TestGraphs.Build(graph => graph
        .Input("x", ElementType.Float32, "seq", 1, Input).Initializer("layer.W", [1, gates * Hidden, Input], Uniform(gates * Hidden * Input)).Initializer("layer.R", [1, gates * Hidden, Hidden], Uniform(gates * Hidden * Hidden)).Random("layer.B", 1, 2 * gates * Hidden)
        .Recurrent("layer", cell, "x", [], ["h"], cell == "GRU" ? [("hidden_size", Hidden), ("linear_before_reset", 1)] : [("hidden_size", Hidden)]).Int64s("axes", 1, 2).Node("Squeeze", ["h", "axes"], ["s"])
        .Initializer("m", [Hidden, Classes], Uniform(Hidden * Classes)).Node("MatMul", ["s", "m"], ["t"]).Node("Tanh", ["t"], ["u"])
        .Initializer("g", [Classes, Classes], Uniform(Classes * Classes)).Random("c", Classes).Node("Gemm", ["u", "g", "c"], ["y"], ("transB", 1)).Output("y", ElementType.Float32, "seq", Classes));

    /// <summary>An LSTM whose W and R are integers behind DequantizeLinear, with a scale for each row.</summary>
    private static OnnxModel QuantizedOf(string? meant, ElementType type, int zeroPoint) => TestGraphs.Build(
        graph =>
        {
            graph.Input("x", ElementType.Float32, "seq", 1, Input).Random("layer.B", 1, 8 * Hidden);
            foreach ((string part, int columns) in (ReadOnlySpan<(string, int)>)[("W", Input), ("R", Hidden)])
            {
                byte[] bytes = [.. Codes(4 * Hidden * columns).Select(code => (byte)(code + zeroPoint))];
                graph.Initializer("q" + part, OnnxTensor.OfRaw((int)type, [1, 4 * Hidden, columns], bytes)).Initializer("s" + part, [4 * Hidden], [.. Enumerable.Range(0, 4 * Hidden).Select(static row => 0.002f + row / 300000f)])
                    .Initializer("z" + part, OnnxTensor.OfRaw((int)type, [4 * Hidden], [.. Enumerable.Repeat((byte)zeroPoint, 4 * Hidden)]))
                    .Node("DequantizeLinear", ["q" + part, "s" + part, "z" + part], ["layer." + part], ("axis", 1));
            }
            graph.Recurrent("layer", "LSTM", "x", [], ["y"], ("hidden_size", Hidden)).Output("y", ElementType.Float32, "seq", 1, 1, Hidden);
        },
        17,
        writer =>
        {
            if (meant is not null) writer.Metadata("seqstream.weights", meant);
        });

    private static void AssertSame(StoredMatrix expected, StoredMatrix found)
    {
        Assert.Equal((expected.Form, expected.Rows, expected.Columns, expected.GroupColumns), (found.Form, found.Rows, found.Columns, found.GroupColumns));
        Assert.True(expected.Halves.SequenceEqual(found.Halves) && expected.Codes.SequenceEqual(found.Codes) && expected.Scales.SequenceEqual(found.Scales));
    }

    private static float[] Uniform(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => 0.3f * ((2 * random.NextSingle()) - 1))];
    }

    /// <summary>-119 to 119.</summary>
    private static sbyte[] Codes(int count) => [.. Enumerable.Range(0, count).Select(static i => (sbyte)((i * 61 % 239) - 119))];
}
