using System.Globalization;
using SeqStream.Kernels;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>RTNeural's recurrent and dense nets, stepped sample by sample, against the outputs of the Keras and PyTorch nets they came from.</summary>
public sealed class RtNeuralTests
{
    private const float Tolerance = 1e-4f;

    [Theory]
    [InlineData("dense")]
    [InlineData("gru")]
    [InlineData("gru_1d")]
    [InlineData("gru_torch")]
    [InlineData("lstm")]
    [InlineData("lstm_1d")]
    [InlineData("lstm_torch")]
    public void Steps_reproduce_the_original_outputs(string name)
    {
        string folder = SharedFolder.Require("models/rtneural");
        byte[] model = RtNeuralModel.Read(Path.Combine(folder, "models", $"{name}.json"));
        float[] inputs = ReadColumn(Path.Combine(folder, "test_data", $"{name}_x_python.csv"));
        float[] expected = ReadColumn(Path.Combine(folder, "test_data", $"{name}_y_python.csv"));
        Assert.Equal(inputs.Length, expected.Length);
        foreach (KernelChoice choice in KernelChoice.Available)
        {
            using StreamingModel streaming = StreamingModel.FromPlan(OnnxLowering.Lower(OnnxModel.Parse(model, name)).PlanOrThrow(), choice);
            using StreamSession session = streaming.CreateSession();
            float[] y = new float[1];
            for (int i = 0; i < inputs.Length; i++)
            {
                session.Step([inputs[i]], y);
                Assert.True(MathF.Abs(expected[i] - y[0]) <= Tolerance, $"{name}, {choice.InstructionSet}, sample {i}: expected {expected[i]}, found {y[0]}");
            }
        }
    }

    [Fact]
    public void The_malformed_net_is_refused()
        => Assert.Throws<InvalidDataException>(() => RtNeuralModel.Read(SharedFolder.Require("models/rtneural/models/bad_lstm.json")));

    private static float[] ReadColumn(string path) => [.. File.ReadLines(path).Select(static line => float.Parse(line, CultureInfo.InvariantCulture))];
}
