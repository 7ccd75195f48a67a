using System.Collections.Immutable;
using SeqStream.Ort.Stepping;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Ort.Tests.Stepping;

public sealed class OrtProgramTests
{
    [Fact]
    public void Signature_describes_one_lane()
    {
        RecurrentModel model = new("LSTM", 5, 7, seed: 1);
        using OrtProgram program = Create(model.StepBytes(), model.StepDescription);
        Assert.Equal(["x float32 [1, 1, 5]"], program.Signature.Inputs.Select(static port => port.ToString()));
        Assert.Equal(["y float32 [1, 1, 1, 7]"], program.Signature.Outputs.Select(static port => port.ToString()));
        Assert.Equal(["h0", "c0"], program.Signature.Layout.Fields.Select(static field => field.Name));
        Assert.Equal(2 * 7 * sizeof(float), program.Signature.Layout.RowBytes);
        Assert.True(program.IsBatched);
        Assert.StartsWith("onnxruntime 1.", program.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_id_follows_the_weights_and_the_state_pairs()
    {
        RecurrentModel model = new("LSTM", 5, 7, seed: 1), other = new("LSTM", 5, 7, seed: 2);
        using OrtProgram program = Create(model.StepBytes(), model.StepDescription);
        using OrtProgram again = Create(model.StepBytes(), model.StepDescription);
        using OrtProgram reweighed = Create(other.StepBytes(), model.StepDescription);
        using OrtProgram crossed = Create(model.StepBytes(), new OrtStepModel { States = [new OrtStatePair("h0", "cn"), new OrtStatePair("c0", "hn")] });
        Assert.Equal(program.Signature.ModelId, again.Signature.ModelId);
        Assert.NotEqual(program.Signature.ModelId, reweighed.Signature.ModelId);
        Assert.NotEqual(program.Signature.ModelId, crossed.Signature.ModelId);
    }

    [Fact]
    public void Open_dimension_without_a_value_is_named_with_the_remedy()
    {
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, "batch", "width").Input("s", ElementType.Float32, "batch", 2)
            .Node("Identity", ["s"], ["t"]).Node("Identity", ["x"], ["y"]).Output("y", ElementType.Float32, "batch", "width").Output("t", ElementType.Float32, "batch", 2);
        OrtStepModel description = new() { States = [new OrtStatePair("s", "t")] };
        OrtException exception = Assert.Throws<OrtException>(() => Create(model.ToBytes(), description));
        Assert.Contains("dimension 'width' has no value", exception.Message, StringComparison.Ordinal);
        using OrtProgram program = Create(model.ToBytes(), description with { Dimensions = ImmutableDictionary<string, long>.Empty.Add("width", 6) });
        Assert.Equal("x float32 [1, 6]", program.Signature.Inputs[0].ToString());
    }

    [Fact]
    public void State_names_that_do_not_exist_or_do_not_fit_are_refused()
    {
        RecurrentModel model = new("LSTM", 5, 7, seed: 1);
        string Refusal(params OrtStatePair[] pairs) => Assert.Throws<OrtException>(() => Create(model.StepBytes(), new OrtStepModel { States = [.. pairs] })).Message;
        Assert.Contains("no input 'q0'", Refusal(new OrtStatePair("q0", "hn")), StringComparison.Ordinal);
        Assert.Contains("no output 'qn'", Refusal(new OrtStatePair("h0", "qn")), StringComparison.Ordinal);
        Assert.Contains("h0 float32 [1, 1, 7] and state output y float32 [1, 1, 1, 7] differ", Refusal(new OrtStatePair("h0", "y")), StringComparison.Ordinal);
        Assert.Contains("initial value", Refusal(new OrtStatePair("h0", "hn", ConstantTensor.Float32(new TensorShape(2), 1, 2)), new OrtStatePair("c0", "cn")), StringComparison.Ordinal);
    }

    private static OrtProgram Create(byte[] model, OrtStepModel description) => new(OrtSession.Load(Runtime.Require(), model, "model"), description);
}
