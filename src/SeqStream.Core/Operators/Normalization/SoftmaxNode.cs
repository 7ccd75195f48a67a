using System.Runtime.Intrinsics;
using SeqStream.Kernels;
using SeqStream.Operators.Reduction;
using SeqStream.Plan;

namespace SeqStream.Operators.Normalization;

/// <summary>exp(x) / sum of exp(x) along one or several neighbouring dimensions, or its logarithm; the largest element is subtracted first.</summary>
public sealed class SoftmaxNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="logarithm">True for LogSoftmax.</param>
    /// <param name="input">float16, float32 or float64.</param>
    /// <param name="output">The result, of the same type and shape.</param>
    /// <param name="firstAxis">First dimension of a group that sums to one.</param>
    /// <param name="endAxis">The dimension after the last one of the group.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public SoftmaxNode(string name, bool logarithm, Wire input, Wire output, int firstAxis, int endAxis) : base(name, logarithm ? "LogSoftmax" : "Softmax", [input], [output])
    {
        if (input.Type != output.Type || input.Shape != output.Shape)
        {
            throw new ArgumentException($"{Operator} '{name}' of {input} does not give {output}.", nameof(output));
        }
        Logarithm = logarithm;
        FirstAxis = firstAxis;
        EndAxis = endAxis;
    }

    /// <summary>True for LogSoftmax.</summary>
    public bool Logarithm { get; }

    /// <summary>First dimension of a group that sums to one.</summary>
    public int FirstAxis { get; }

    /// <summary>The dimension after the last one of the group.</summary>
    public int EndAxis { get; }

    /// <inheritdoc/>
    public override string Attributes => $"axes=[{FirstAxis},{EndAxis})";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => Inputs[0]!.Type switch
    {
        ElementType.Float32 => BindSingle(choice, slots),
        ElementType.Float64 => new SoftmaxKernel<double, double>(this, slots),
        ElementType.Float16 => new SoftmaxKernel<Half, float>(this, slots),
        ElementType type => throw ElementSwitch.Unsupported(type, "float16, float32 or float64"),
    };

    /// <summary>Vectors no longer than what they run over.</summary>
    private NodeKernel BindSingle(KernelChoice choice, PlanSlots slots)
    {
        AxisSplit split = Split();
        return (split.IsContiguous ? choice.InstructionSet : InstructionSet.Scalar) switch
        {
            InstructionSet.Vector512 when split.Columns.Length >= Simd512.Width => new VectorSoftmaxKernel<Vector512<float>, Simd512>(this, split, slots),
            >= InstructionSet.Vector256 when split.Columns.Length >= Simd256.Width => new VectorSoftmaxKernel<Vector256<float>, Simd256>(this, split, slots),
            >= InstructionSet.Vector128 => new VectorSoftmaxKernel<Vector128<float>, Simd128>(this, split, slots),
            _ => new SoftmaxKernel<float, float>(this, slots),
        };
    }

    internal AxisSplit Split() => new(Inputs[0]!.Shape, [.. Enumerable.Range(FirstAxis, EndAxis - FirstAxis)]);
}
