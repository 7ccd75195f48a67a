using SeqStream.Execution;
using SeqStream.Kernels;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;
using SeqStream.TestSupport;
using OnnxTensor = SeqStream.Onnx.Reading.OnnxTensor;

namespace SeqStream.Onnx.Tests.Lowering;

/// <summary>Every RNN, GRU and LSTM case of the ONNX conformance suite, on every instruction set of this machine.</summary>
public class RecurrentConformanceTests
{
    private const float RelativeTolerance = 1e-3f, AbsoluteTolerance = 1e-5f;

    [Fact]
    public void Every_recurrent_case_passes()
    {
        string[] cases = [.. Directory.GetDirectories(SharedFolder.Require("onnx-conformance/node"))
            .Where(static folder => OnnxModel.Load(Path.Combine(folder, "model.onnx")).Graph.Nodes[0].Operator is "RNN" or "GRU" or "LSTM")];
        Assert.True(cases.Length == 12, $"{cases.Length} cases");
        foreach (string folder in cases)
        {
            float[][] specification = Run(folder, KernelChoice.For(InstructionSet.Scalar));
            foreach (KernelChoice choice in KernelChoice.Available) AssertClose(folder, choice, specification, Run(folder, choice));
        }
    }

    private static void AssertClose(string folder, KernelChoice choice, float[][] specification, float[][] found)
    {
        for (int port = 0; port < specification.Length; port++)
        {
            for (int i = 0; i < specification[port].Length; i++)
            {
                float difference = MathF.Abs(specification[port][i] - found[port][i]);
                Assert.True(difference <= AbsoluteTolerance, $"{Path.GetFileName(folder)}, {choice.InstructionSet}, output {port}[{i}]: {difference} away from the scalar specification");
            }
        }
    }

    private static float[][] Run(string folder, KernelChoice choice)
    {
        OnnxModel model = OnnxModel.Load(Path.Combine(folder, "model.onnx"));
        ConstantTensor[] given = [.. model.Graph.Inputs.Select((_, index) => Tensor(folder, $"input_{index}"))];
        LoweringOptions options = LoweringOptions.Default;
        for (int index = 1; index < given.Length; index++)
        {
            string name = model.Graph.Inputs[index].Name;
            bool isWeight = model.Graph.Nodes[0].Inputs.IndexOf(name) is 1 or 2 or 3 or 7;
            if (isWeight) options = options with { Constants = options.Constants.Add(name, given[index]) };
        }
        StepPlan plan = OnnxLowering.LowerWhole(model, options).PlanOrThrow();
        using NativeExecutor executor = new(NativeProgram.Bind(plan, choice), maxLanes: 3);
        int[] slots = [executor.Rent(), executor.Rent(), executor.Rent()];
        for (int port = 0; port < plan.Inputs.Length; port++)
        {
            ConstantTensor value = given[model.Graph.Inputs.IndexOf(model.Graph.Inputs.First(input => input.Name == plan.Inputs[port].Name))];
            for (int lane = 0; lane < slots.Length; lane++) value.Bytes.CopyTo(executor.Input(port, lane));
        }
        executor.Step(slots);
        float[][] outputs = new float[plan.Outputs.Length][];
        for (int port = 0; port < plan.Outputs.Length; port++)
        {
            float[] expected = Tensor(folder, $"output_{port}").Values<float>().ToArray();
            for (int lane = 0; lane < slots.Length; lane++)
            {
                float[] found = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(executor.Output(port, lane)).ToArray();
                outputs[port] = found;
                for (int i = 0; i < expected.Length; i++)
                {
                    Assert.True(MathF.Abs(expected[i] - found[i]) <= AbsoluteTolerance + (RelativeTolerance * MathF.Abs(expected[i])), $"{Path.GetFileName(folder)}, {choice.InstructionSet}, lane {lane}, output {port}[{i}]: expected {expected[i]}, found {found[i]}");
                }
            }
        }
        return outputs;
    }

    private static ConstantTensor Tensor(string folder, string name) => OnnxTensor.Load(Path.Combine(folder, "test_data_set_0", name + ".pb")).Value!;
}
