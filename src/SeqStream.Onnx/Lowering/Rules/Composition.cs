using System.Collections.Immutable;
using SeqStream.Execution;
using SeqStream.Kernels;
using SeqStream.Operators;
using SeqStream.Operators.Elementwise;
using SeqStream.Operators.Reduction;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Builds an operator out of several plan nodes. What depends on constants alone is computed at once and becomes a constant.</summary>
internal sealed class Composition(NodeContext context)
{
    private readonly ImmutableArray<StepNode>.Builder _nodes = ImmutableArray.CreateBuilder<StepNode>();

    /// <summary>The node that is being lowered.</summary>
    public NodeContext Node => context;

    /// <summary>A wire for an inner value.</summary>
    public Wire Wire(ElementType type, TensorShape shape) => context.Output(0, type, shape);

    /// <summary>A constant of one element.</summary>
    public Wire Constant(ElementType type, double value) => new(context.Output(0, type, new TensorShape()).Name, Scalars.Of(type, value));

    /// <summary>A constant.</summary>
    public Wire Constant(ConstantTensor value) => new(context.Output(0, value.Type, value.Shape).Name, value);

    /// <summary>The same elements under another shape.</summary>
    public Wire View(Wire source, TensorShape shape) => source.Shape == shape ? source : new Wire(Wire(source.Type, shape).Name, source, shape);

    /// <summary>A vector along one dimension of a tensor of <paramref name="rank"/> dimensions.</summary>
    public Wire Along(Wire vector, int axis, int rank)
    {
        int[] dimensions = new int[rank];
        Array.Fill(dimensions, 1);
        dimensions[axis] = vector.Shape.ElementCount;
        return View(vector, new TensorShape(dimensions));
    }

    public Wire Unary(UnaryFunction function, Wire x, double alpha = 0, double beta = 0)
    {
        Wire output = Wire(x.Type, x.Shape);
        return Add(new UnaryNode(context.Name, function, x, output, alpha, beta), output);
    }

    public Wire Binary(BinaryFunction function, Wire left, Wire right)
    {
        if (!Broadcasting.TryCombine(left.Shape, right.Shape, out TensorShape shape))
        {
            throw context.Refuse($"{left} and {right} do not broadcast to one shape", "Repair the model: dimensions must be equal or 1");
        }
        Wire output = Wire(BinaryNode.IsTest(function) ? ElementType.Bool : left.Type, shape);
        return Add(new BinaryNode(context.Name, function, left, right, output), output);
    }

    public Wire Cast(Wire x, ElementType type)
    {
        if (x.Type == type) return x;
        Wire output = Wire(type, x.Shape);
        return Add(new CastNode(context.Name, x, output), output);
    }

    public Wire Where(Wire condition, Wire left, Wire right)
    {
        if (!Broadcasting.TryCombine(left.Shape, right.Shape, out TensorShape values) || !Broadcasting.TryCombine(condition.Shape, values, out TensorShape shape))
        {
            throw context.Refuse($"{condition}, {left} and {right} do not broadcast to one shape", "Repair the model: dimensions must be equal or 1");
        }
        Wire output = Wire(left.Type, shape);
        return Add(new WhereNode(context.Name, condition, left, right, output), output);
    }

    /// <summary>Reduces all dimensions to one element.</summary>
    public Wire ReduceAll(ReduceFunction function, Wire x)
    {
        Wire output = Wire(x.Type, new TensorShape());
        return Add(new ReduceNode(context.Name, function, x, output, [.. Enumerable.Range(0, x.Shape.Rank)]), output);
    }

    /// <summary>Adds a node that makes <paramref name="output"/> alone, and answers that wire, or its value where it depends on constants alone.</summary>
    public Wire Add(StepNode node, Wire output)
    {
        if (node.Inputs.All(static wire => wire is null || wire.Constant is not null)) return new Wire(output.Name, Evaluate(node, output));
        _nodes.Add(node);
        return output;
    }

    /// <summary>Adds a node as it is.</summary>
    public void Add(StepNode node) => _nodes.Add(node);

    public Lowered Result(params ImmutableArray<Wire?> outputs) => Lowered.Sequence(_nodes.ToImmutable(), outputs);

    private ConstantTensor Evaluate(StepNode node, Wire output)
    {
        context.Budget?.Work(context, [node]);
        StepPlan plan = new(node.Name, [], [new PlanOutput(output.Name, output)], [], [node]);
        using NativeExecutor executor = new(NativeProgram.Bind(plan, KernelChoice.For(InstructionSet.Scalar)), maxLanes: 1);
        executor.Step([executor.Rent()]);
        return new ConstantTensor(output.Type, output.Shape, executor.Output(0, 0).ToArray());
    }
}
