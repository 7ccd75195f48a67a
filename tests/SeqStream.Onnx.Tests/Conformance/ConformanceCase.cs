using SeqStream.Execution;
using SeqStream.Kernels;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Tests.Conformance;

/// <summary>One case folder: a model, inputs, expected outputs.</summary>
internal sealed class ConformanceCase(string folder)
{
    private const int Lanes = 3;

    public string Name { get; } = Path.GetFileName(folder);

    public OnnxModel Model { get; } = OnnxModel.Load(Path.Combine(folder, "model.onnx"));

    /// <summary>The operators of its nodes, nested graphs left out.</summary>
    public IEnumerable<string> Operators => Model.Graph.Nodes.Select(static node => node.Operator).Distinct();

    /// <summary>
    /// Runs the case twice, first with every input given to the step that may be, then with all but the first known to the plan; each time on every
    /// instruction set of this machine, alone and in three lanes. Answers what differs, or null.
    /// </summary>
    /// <exception cref="LoweringException">The case cannot be lowered.</exception>
    public string? Run()
    {
        Dictionary<string, ConstantTensor> inputs = Inputs();
        ConstantTensor[] expected = Expected();
        return Run(Lower(inputs, []), inputs, expected) ?? Run(Lower(inputs, [.. inputs.Keys.Skip(1)]), inputs, expected);
    }

    /// <summary>The stored inputs by name.</summary>
    public Dictionary<string, ConstantTensor> Inputs()
    {
        Dictionary<string, ConstantTensor> inputs = [];
        for (int i = 0; i < Model.Graph.Inputs.Length; i++)
        {
            if (File.Exists(FileOf("input", i))) inputs.Add(Model.Graph.Inputs[i].Name, Load("input", i));
        }
        return inputs;
    }

    /// <summary>The stored outputs.</summary>
    public ConstantTensor[] Expected() => [.. Model.Graph.Outputs.Select((_, i) => Load("output", i))];

    private static string? Run(StepPlan plan, Dictionary<string, ConstantTensor> inputs, ConstantTensor[] expected)
    {
        foreach (KernelChoice choice in KernelChoice.Available)
        {
            NativeProgram program = NativeProgram.Bind(plan, choice);
            byte[][] alone = Step(program, inputs, 1)[0];
            for (int i = 0; i < expected.Length; i++)
            {
                if (Difference(plan.Outputs[i].Wire, alone[i], expected[i]) is { } difference) return $"{choice.InstructionSet}, output '{plan.Outputs[i].Name}': {difference}";
            }
            foreach (byte[][] lane in Step(program, inputs, Lanes))
            {
                for (int i = 0; i < expected.Length; i++)
                {
                    if (!lane[i].AsSpan().SequenceEqual(alone[i])) return $"{choice.InstructionSet}, output '{plan.Outputs[i].Name}': a lane of {Lanes} differs from the same lane alone";
                }
            }
        }
        return null;
    }

    /// <summary>Gives inputs to the step wherever the rules allow it, and to the plan where they demand it.</summary>
    public StepPlan Lower(Dictionary<string, ConstantTensor> inputs, HashSet<string> constant)
    {
        while (true)
        {
            try
            {
                return CaseLowering.Lower(Model, inputs, constant);
            }
            catch (LoweringException refusal) when (refusal.Blocker.Reason.Contains("must be known when the plan is built", StringComparison.Ordinal))
            {
                int before = constant.Count;
                foreach (string name in inputs.Keys)
                {
                    if (refusal.Blocker.Reason.Contains($"'{name}'", StringComparison.Ordinal)) constant.Add(name);
                }
                if (constant.Count == before) throw;
            }
        }
    }

    /// <summary>[lane, output] bytes of a step in which every lane is given the same.</summary>
    private static byte[][][] Step(NativeProgram program, Dictionary<string, ConstantTensor> inputs, int lanes)
    {
        using NativeExecutor executor = new(program, lanes, lanes);
        int[] slots = new int[lanes];
        for (int lane = 0; lane < lanes; lane++)
        {
            slots[lane] = executor.Rent();
            for (int port = 0; port < program.Plan.Inputs.Length; port++) inputs[program.Plan.Inputs[port].Name].Bytes.CopyTo(executor.Input(port, lane));
        }
        executor.Step(slots);
        return [.. Enumerable.Range(0, lanes).Select(lane => program.Plan.Outputs.Select((_, port) => executor.Output(port, lane).ToArray()).ToArray())];
    }

    private static string? Difference(Wire wire, byte[] bytes, ConstantTensor expected)
    {
        if (wire.Type != expected.Type || wire.Shape != expected.Shape) return $"it is {wire.Type.DisplayName()} {wire.Shape}, expected {expected.Type.DisplayName()} {expected.Shape}";
        double[] found = TensorNumbers.Of(new ConstantTensor(wire.Type, wire.Shape, bytes)), wanted = TensorNumbers.Of(expected);
        for (int i = 0; i < wanted.Length; i++)
        {
            if (!TensorNumbers.AreClose(found[i], wanted[i])) return $"element {i} is {found[i]:R}, expected {wanted[i]:R}";
        }
        return null;
    }

    private ConstantTensor Load(string kind, int number)
    {
        OnnxTensor tensor = OnnxTensor.Load(FileOf(kind, number));
        return tensor.Value ?? throw new LoweringException(new Blocker(tensor.Name, "", tensor.Refusal!, ""));
    }

    private string FileOf(string kind, int number) => Path.Combine(folder, "test_data_set_0", $"{kind}_{number}.pb");
}
