using System.IO.Compression;
using System.Text.Json;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Lowering;

/// <summary>Third-party models, stepped, against the outputs of ONNX Runtime.</summary>
public class RealModelTests
{
    [Theory]
    [InlineData("silero-vad/silero_vad", "input", "state -> stateN")]
    [InlineData("silero-vad/silero_vad_16k_op15", "input", "state -> stateN")]
    [InlineData("silero-vad/silero_vad_op18_ifless", "input", "state -> stateN")]
    [InlineData("dtln/model_1", "input_2", "input_3 -> tf_op_layer_stack_2")]
    [InlineData("dtln/model_2", "input_4", "input_5 -> tf_op_layer_stack_5")]
    public void Steps_equal_those_of_onnx_runtime(string name, string input, string pair)
    {
        LoweringOptions options = new()
        {
            Dimensions = LoweringOptions.Default.Dimensions.Add("input[1]", 576).Add("sequence", 576),
            Constants = LoweringOptions.Default.Constants.Add("sr", ConstantTensor.Int64(new TensorShape(), 16000)),
        };
        LoweringResult result = OnnxLowering.Lower(OnnxModel.Load(SharedFolder.Require($"models/{name}.onnx")), options);
        StepPlan plan = result.PlanOrThrow();
        StatePair found = Assert.Single(result.States);
        Assert.Equal(pair, $"{found.Input} -> {found.Output}");
        string reference = $"models/{Path.GetDirectoryName(name)}/reference/{Path.GetFileName(name)}";
        float[][] inputs = Read(SharedFolder.Require(reference + ".in.jsonl.gz"), input);
        float[][] outputs = Read(SharedFolder.Require(reference + ".out.jsonl.gz"), plan.Outputs[0].Name);
        float[][] stepped = PlanRun.Steps(plan, inputs[..Math.Min(inputs.Length, 100)]);
        for (int step = 0; step < stepped.Length; step++) PlanRun.Near(outputs[step], stepped[step], 1e-4f);
    }

    [Fact]
    public void A_bidirectional_model_is_refused_by_the_names_of_its_layers()
    {
        LoweringResult result = OnnxLowering.Lower(OnnxModel.Load(SharedFolder.Require("models/tract-lstm-cases/byte_sb_bidi_lstm/model.onnx")));
        Assert.All(result.Blockers, static blocker => Assert.Contains("bidirectional", blocker.Reason, StringComparison.Ordinal));
        Assert.NotEmpty(result.Blockers);
    }

    [Fact]
    public void A_model_without_a_size_says_which_one_is_missing()
    {
        LoweringResult result = OnnxLowering.Lower(OnnxModel.Load(SharedFolder.Require("models/silero-vad/silero_vad.onnx")));
        Assert.Contains("'input[1]' has no size", Assert.Single(result.Blockers).Reason, StringComparison.Ordinal);
    }

    private static float[][] Read(string path, string name)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        List<float[]> rows = [];
        while (reader.ReadLine() is { } line)
        {
            using JsonDocument record = JsonDocument.Parse(line);
            JsonElement root = record.RootElement;
            foreach (string field in (ReadOnlySpan<string>)["inputs", "outputs"])
            {
                if (root.TryGetProperty(field, out JsonElement values)) rows.Add([.. values.GetProperty(name).EnumerateArray().Select(static value => value.GetSingle())]);
            }
        }
        return [.. rows];
    }
}
