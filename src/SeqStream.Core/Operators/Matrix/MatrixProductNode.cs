using System.Globalization;
using System.Numerics;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Matrix;

/// <summary>
/// output = alpha * left * right + beta * addend over the last two dimensions [rows, inner] and [inner, columns]; leading dimensions are batches and broadcast.
/// Either factor may be stored transposed. Every sum runs over the inner dimension in order.
/// </summary>
public sealed class MatrixProductNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="operator">The operator's name, as in ONNX.</param>
    /// <param name="left">[..., rows, inner], or [..., inner, rows] if transposed; at least two dimensions.</param>
    /// <param name="right">[..., inner, columns], or [..., columns, inner] if transposed; at least two dimensions.</param>
    /// <param name="addend">Any shape that broadcasts to the output's, or null.</param>
    /// <param name="output">[..., rows, columns].</param>
    /// <param name="options">Transpositions and factors.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public MatrixProductNode(string name, string @operator, Wire left, Wire right, Wire? addend, Wire output, MatrixProductOptions options)
        : base(name, @operator, addend is null ? [left, right] : [left, right, addend], [output])
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        bool fits = left.Shape.Rank >= 2 && right.Shape.Rank >= 2 && output.Shape.Rank >= 2;
        fits = fits && Inner == right.Shape[options.TransposeRight ? -1 : -2] && Rows == output.Shape[-2] && Columns == output.Shape[-1];
        fits = fits && Broadcasting.Fits(Batches(left), Batches(output)) && Broadcasting.Fits(Batches(right), Batches(output));
        fits = fits && left.Type == output.Type && right.Type == output.Type && (addend is null || (addend.Type == output.Type && Broadcasting.Fits(addend.Shape, output.Shape)));
        if (!fits)
        {
            throw new ArgumentException($"{@operator} '{name}': {left} times {right}{(addend is null ? "" : $" plus {addend}")} ({options}) does not give {output}.", nameof(output));
        }
    }

    /// <summary>Transpositions and factors.</summary>
    public MatrixProductOptions Options { get; }

    /// <summary>Rows of one product.</summary>
    public int Rows => Inputs[0]!.Shape[Options.TransposeLeft ? -1 : -2];

    /// <summary>Terms of one sum.</summary>
    public int Inner => Inputs[0]!.Shape[Options.TransposeLeft ? -2 : -1];

    /// <summary>Columns of one product.</summary>
    public int Columns => Inputs[1]!.Shape[Options.TransposeRight ? -2 : -1];

    /// <inheritdoc/>
    public override long Operations => 2L * Outputs[0]!.Shape.ElementCount * Inner;

    /// <inheritdoc/>
    public override string Attributes => string.Create(CultureInfo.InvariantCulture, $"transA={Options.TransposeLeft} transB={Options.TransposeRight} alpha={Options.Alpha} beta={Options.Beta}");

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
    {
        if (choice.InstructionSet != InstructionSet.Scalar && ColumnProductKernel.Accepts(this)) return new ColumnProductKernel(this, slots);
        return Outputs[0]!.Type == ElementType.Float16 ? new MatrixProductKernel<Half, float>(this, slots) : ElementSwitch.Numbers(Outputs[0]!.Type, new OfNumbers(this, slots));
    }

    /// <summary>The dimensions before the last two.</summary>
    internal static TensorShape Batches(Wire wire) => new(wire.Shape.Dimensions.AsSpan()[..^2]);

    private readonly struct OfNumbers(MatrixProductNode node, PlanSlots slots) : INumberFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => new MatrixProductKernel<T, T>(node, slots);
    }
}
