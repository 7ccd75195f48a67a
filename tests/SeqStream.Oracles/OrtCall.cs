using System.Runtime.InteropServices;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>One call of a model by ONNX Runtime and by SeqStream's whole form.</summary>
internal static class OrtCall
{
    /// <summary>The runtime; the test is skipped where there is none.</summary>
    public static OrtLibrary Library()
    {
        OrtLibraryFinding finding = OrtLibrary.Find();
        Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
        return finding.Library!;
    }

    /// <summary>Compares the outputs of a model of fixed sizes, byte by byte or as float32 within a tolerance.</summary>
    public static void AssertEqual(OnnxModelWriter writer, float tolerance, params OrtTensor[] inputs)
    {
        using OrtSession session = OrtSession.Load(Library(), writer.ToBytes(), "model");
        IReadOnlyDictionary<string, OrtTensor> expected = session.Run(inputs);
        Dictionary<string, byte[]> found = Whole(OnnxModel.Parse(writer.ToBytes(), "model"), inputs);
        foreach ((string name, OrtTensor tensor) in expected)
        {
            if (tensor.Type != SeqStream.Plan.ElementType.Float32) Assert.Equal(tensor.Bytes, found[name]);
            else Near(tensor.Values<float>(), MemoryMarshal.Cast<byte, float>(found[name]), tolerance);
        }
    }

    /// <summary>SeqStream's outputs of one call.</summary>
    public static Dictionary<string, byte[]> Whole(OnnxModel model, params OrtTensor[] inputs)
    {
        LoweringResult whole = OnnxLowering.LowerWhole(model);
        using StreamingModel streaming = StreamingModel.FromPlan(whole.PlanOrThrow());
        using SeqStream.Contracts.IStepExecutor executor = streaming.CreateExecutor(1, 1);
        int slot = executor.Rent();
        for (int port = 0; port < inputs.Length; port++) inputs[port].Bytes.CopyTo(executor.Input(port, 0));
        executor.Step([slot]);
        return whole.Plan!.Outputs.Select((output, port) => (output.Name, Bytes: executor.Output(port, 0).ToArray())).ToDictionary(static pair => pair.Name, static pair => pair.Bytes);
    }

    public static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, float tolerance)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int at = 0; at < expected.Length; at++) Assert.True(MathF.Abs(expected[at] - found[at]) <= tolerance * (1 + MathF.Abs(expected[at])), $"element {at}: ONNX Runtime {expected[at]}, SeqStream {found[at]}");
    }
}
