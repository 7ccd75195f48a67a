using System.Collections.Immutable;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Verification;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Operators.Streaming;
using SeqStream.Ort;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Verification;

/// <summary>Tokens, a table, two centred convolutions with a stride, and a GRU: a model of which each rule could be wrong.</summary>
public sealed class ModelVerifierTests : IDisposable
{
    private const int Rows = 5, Channels = 3, Hidden = 2;
    private static readonly VerificationOptions s_options = new() { Rounds = 4 };
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-verify-").FullName;
    private readonly string _path;

    public ModelVerifierTests() => _path = Write("chain", secondScale: 1);

    private string Write(string name, float secondScale)
    {
        Random random = new(3);
        float[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
        OnnxModelWriter model = new();
        model.Graph.Input("ids", ElementType.Int64, 1, "time")
            .Initializer("table", [Rows, Channels], Noise(Rows * Channels)).Initializer("w1", [Channels, Channels, 3], Noise(Channels * Channels * 3)).Initializer("w2", [Channels, Channels, 5], Array.ConvertAll(Noise(Channels * Channels * 5), weight => weight * secondScale))
            .Initializer("wx", [1, 3 * Hidden, Channels], Noise(3 * Hidden * Channels)).Initializer("wh", [1, 3 * Hidden, Hidden], Noise(3 * Hidden * Hidden)).Int64s("one", 1)
            .NamedNode("embed", "", "Gather", ["table", "ids"], ["rows"]).NamedNode("turn", "", "Transpose", ["rows"], ["planes"], ("perm", new[] { 0, 2, 1 }))
            .NamedNode("first", "", "Conv", ["planes", "w1"], ["c1"], ("pads", new[] { 1, 1 })).NamedNode("bend", "", "Tanh", ["c1"], ["t1"])
            .NamedNode("second", "", "Conv", ["t1", "w2"], ["c2"], ("pads", new[] { 2, 2 }), ("strides", new[] { 2 }))
            .NamedNode("front", "", "Transpose", ["c2"], ["x"], ("perm", new[] { 2, 0, 1 })).NamedNode("gru", "", "GRU", ["x", "wx", "wh"], ["h"], ("hidden_size", Hidden)).NamedNode("flat", "", "Squeeze", ["h", "one"], ["y"])
            .Output("y");
        string path = Path.Combine(_folder, name + ".onnx");
        File.WriteAllBytes(path, model.ToBytes());
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private LoweringResult Lower() => ModelLoader.Inspect(ModelCatalog.Find().Resolve(_path));

    private VerificationReport Verify(LoweringResult lowering, VerificationOptions? options = null) => ModelVerifier.Verify(_path, lowering, [], options ?? s_options);

    [Fact]
    public void Steps_that_are_right_are_equal_at_every_value()
    {
        VerificationReport report = Verify(Lower());
        Assert.True(report.IsEqual, report.FirstDifference?.ToString());
        Assert.Null(report.FirstDifference);
        Assert.Equal(["embed", "turn", "first", "bend", "second", "front", "gru", "flat"], report.Nodes.Select(static node => node.Node));
        Assert.All(report.Nodes, static node => Assert.True(node.Compared > 0, node.Value));
        Assert.Equal(12, report.Streams);
    }

    [Fact]
    public void Without_onnx_runtime_the_native_executor_is_the_reference_and_that_is_said()
    {
        VerificationReport report = Verify(Lower(), s_options with { OrtLibraryPath = _folder });
        Assert.True(report.IsEqual);
        Assert.Contains("native", report.Reference, StringComparison.Ordinal);
        Assert.Contains("tools/get-onnxruntime", Assert.Single(report.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("first")]
    [InlineData("second")]
    public void Broken_window_is_named_though_everything_behind_it_differs_too(string broken)
    {
        LoweringResult lowering = Lower();
        VerificationReport report = Verify(WithNodes(lowering, node => node is DelayNode delay && delay.Name.StartsWith(broken, StringComparison.Ordinal) ? Forgetful(delay) : node));
        Assert.False(report.IsEqual);
        Assert.Equal(broken, report.FirstDifference?.Node);
        Assert.Equal("Conv", report.FirstDifference?.Operator);
        Assert.Contains(report.Nodes, static node => node is { Node: "gru", Differences: > 0 });
    }

    [Fact]
    public void Mask_that_does_not_know_the_end_is_named()
    {
        LoweringResult lowering = Lower();
        VerificationReport report = Verify(WithNodes(lowering, static node => node is EdgeMaskNode { Name: var name } mask && name.StartsWith("second", StringComparison.Ordinal)
            ? new EdgeMaskNode(mask.Name, mask.Clock, mask.Inputs[0]!, mask.Inputs[1]!, null, null, mask.Outputs[0]!, mask.Axis, mask.Delay, mask.Length.Plus(1))
            : node));
        Assert.Equal("second", report.FirstDifference?.Node);
    }

    [Fact]
    public void Wrongly_predicted_length_is_a_difference()
    {
        LoweringResult lowering = Lower();
        VerificationReport report = Verify(lowering with { Outputs = [lowering.Outputs[0] with { Length = lowering.Outputs[0].Length.Plus(1) }] });
        Assert.True(report.Outputs[0].First?.IsLength);
        Assert.False(report.IsEqual);
    }

    [Fact]
    public void Operator_that_whole_and_steps_compute_otherwise_than_onnx_runtime_is_named()
    {
        OrtLibraryFinding finding = OrtLibrary.Find();
        Assert.SkipWhen(finding.Library is null, $"{finding}");
        string other = Write("other", secondScale: 2);
        OnnxModel model = OnnxModel.Load(_path);
        VerificationReport report = new SequenceVerification(other, model, Lower(), new InputRanges(model, []), s_options).Run();
        Assert.False(report.IsEqual);
        Assert.All(report.Nodes, static node => Assert.Equal(0, node.Differences));
        Assert.Equal("second", report.FirstDifference?.Node);
    }

    [Fact]
    public void Approximate_models_are_measured_and_do_not_fail()
    {
        LoweringResult lowering = WithNodes(Lower(), static node => node is DelayNode delay ? Forgetful(delay) : node);
        VerificationReport report = Verify(lowering, s_options with { IsApproximate = true });
        Assert.True(report.IsApproximate);
        Assert.True(report.Outputs[0].Greatest > 0);
    }

    /// <summary>The same buffer, but what it shows before the first frame is wrong.</summary>
    private static DelayNode Forgetful(DelayNode delay)
        => new(delay.Name, delay.Inputs[0]!, delay.Outputs[0]!, delay.Axis, delay.Wait, delay.Overlap, ConstantTensor.Float32(new TensorShape(), 7));

    private static LoweringResult WithNodes(LoweringResult lowering, Func<StepNode, StepNode> change)
    {
        StepPlan plan = lowering.Plan!;
        ImmutableArray<StepNode> nodes = [.. plan.Nodes.Select(change)];
        Assert.NotEqual(plan.Nodes, nodes);
        return lowering with { Plan = new StepPlan(plan.Name, plan.Inputs, plan.Outputs, [.. nodes.SelectMany(static node => node.States).Distinct()], nodes) };
    }
}
