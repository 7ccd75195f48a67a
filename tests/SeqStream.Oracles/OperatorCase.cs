using System.Runtime.InteropServices;
using SeqStream.Execution;
using SeqStream.Kernels;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>One node with random inputs, run by ONNX Runtime and by a plan on every instruction set, alone and in three lanes.</summary>
internal sealed class OperatorCase(string @operator, int opset, ElementType type)
{
    private const int Lanes = 3;
    private readonly List<(string Name, ElementType Type, int[] Dimensions, byte[] Bytes)> _inputs = [];
    private readonly OnnxModelWriter _model = new(opset);
    private SeqStream.TestSupport.OnnxAttribute[] _attributes = [];
    private string[] _names = [];

    /// <summary>Largest difference to ONNX Runtime, absolute and relative; 0 for the same bits.</summary>
    public double Tolerance { get; init; }

    public OperatorCase Input<T>(ElementType input, int[] dimensions, T[] values) where T : unmanaged
    {
        string name = $"x{_inputs.Count}";
        _inputs.Add((name, input, dimensions, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));
        _names = [.. _names, name];
        return this;
    }

    /// <summary>An input that is known when the plan is built.</summary>
    public OperatorCase Known(long value)
    {
        string name = $"k{_names.Length}";
        _model.Graph.Initializer(name, SeqStream.TestSupport.OnnxTensor.Int64s([], value));
        _names = [.. _names, name];
        return this;
    }

    public OperatorCase With(params SeqStream.TestSupport.OnnxAttribute[] attributes)
    {
        _attributes = attributes;
        return this;
    }

    /// <summary>Runs both and compares every element.</summary>
    public void Check(ElementType output)
    {
        foreach ((string name, ElementType input, int[] dimensions, _) in _inputs) _model.Graph.Input(name, input, [.. dimensions.Select(static size => (SeqStream.TestSupport.OnnxDimension)size)]);
        _model.Graph.Node(@operator, _names, ["y"], _attributes).Output("y", output);
        byte[] bytes = _model.ToBytes();
        OrtLibraryFinding finding = OrtLibrary.Find();
        Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
        using OrtSession session = OrtSession.Load(finding.Library!, bytes, @operator);
        OrtTensor expected = session.Run([.. _inputs.Select(Tensor)])["y"];
        StepPlan plan = OnnxLowering.LowerWhole(OnnxModel.Parse(bytes, @operator)).PlanOrThrow();
        Assert.Equal(expected.Type, plan.Outputs[0].Wire.Type);
        Assert.Equal(expected.Dimensions.Select(static size => (long)size), plan.Outputs[0].Wire.Shape.Dimensions.Select(static size => (long)size));
        foreach (KernelChoice choice in KernelChoice.Available)
        {
            foreach (int lanes in (int[])[1, Lanes]) Compare(expected, plan, choice, lanes);
        }
    }

    private static OrtTensor Tensor((string Name, ElementType Type, int[] Dimensions, byte[] Bytes) input)
    {
        OrtTensor tensor = OrtTensor.Zeros(input.Name, input.Type, [.. input.Dimensions]);
        input.Bytes.CopyTo(tensor.Bytes);
        return tensor;
    }

    private void Compare(OrtTensor expected, StepPlan plan, KernelChoice choice, int lanes)
    {
        using NativeExecutor executor = new(NativeProgram.Bind(plan, choice), lanes, lanes);
        int[] slots = [.. Enumerable.Range(0, lanes).Select(_ => executor.Rent())];
        for (int lane = 0; lane < lanes; lane++)
        {
            for (int port = 0; port < plan.Inputs.Length; port++) _inputs.Single(input => input.Name == plan.Inputs[port].Name).Bytes.CopyTo(executor.Input(port, lane));
        }
        executor.Step(slots);
        double[] wanted = Numbers(expected.Type, expected.Bytes);
        for (int lane = 0; lane < lanes; lane++)
        {
            double[] found = Numbers(expected.Type, executor.Output(0, lane));
            Assert.Equal(wanted.Length, found.Length);
            for (int i = 0; i < wanted.Length; i++)
            {
                bool same = wanted[i].Equals(found[i]) || Math.Abs(wanted[i] - found[i]) <= Tolerance * (1 + Math.Abs(wanted[i]));
                Assert.True(same, $"{@operator} of {type.DisplayName()}, {choice.InstructionSet}, lane {lane} of {lanes}, element {i}: ONNX Runtime {wanted[i]:R}, plan {found[i]:R}");
            }
        }
    }

    private static double[] Numbers(ElementType type, ReadOnlySpan<byte> bytes) => type switch
    {
        ElementType.Float32 => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), static value => (double)value),
        ElementType.Float64 => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
        ElementType.Float16 => Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), static value => (double)value),
        ElementType.Int64 => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), static value => (double)value),
        ElementType.UInt64 => Array.ConvertAll(MemoryMarshal.Cast<byte, ulong>(bytes).ToArray(), static value => (double)value),
        ElementType.Int32 => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(bytes).ToArray(), static value => (double)value),
        ElementType.UInt32 => Array.ConvertAll(MemoryMarshal.Cast<byte, uint>(bytes).ToArray(), static value => (double)value),
        ElementType.Int16 => Array.ConvertAll(MemoryMarshal.Cast<byte, short>(bytes).ToArray(), static value => (double)value),
        ElementType.UInt16 => Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), static value => (double)value),
        ElementType.Int8 => Array.ConvertAll(MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray(), static value => (double)value),
        _ => Array.ConvertAll(bytes.ToArray(), static value => (double)value),
    };
}
