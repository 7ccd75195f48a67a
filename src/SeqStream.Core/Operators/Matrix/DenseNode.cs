using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Matrix;

/// <summary>output = alpha * input * weight + beta * bias with float32 weights known when the plan is built: packed once, and applied to the rows of all lanes together.</summary>
public sealed class DenseNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="operator">The operator's name, as in ONNX.</param>
    /// <param name="input">[..., inner].</param>
    /// <param name="weight">A constant, [inner, columns], or [columns, inner] if transposed; neither is 0.</param>
    /// <param name="bias">A constant of columns or one element, or null.</param>
    /// <param name="output">[..., columns].</param>
    /// <param name="options">Whether the weight is transposed, and the factors.</param>
    /// <exception cref="ArgumentException">Types, shapes or constants do not go together.</exception>
    public DenseNode(string name, string @operator, Wire input, Wire weight, Wire? bias, Wire output, MatrixProductOptions options)
        : base(name, @operator, bias is null ? [input, weight] : [input, weight, bias], [output])
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        bool fits = Accepts(input, weight) && !options.TransposeLeft && Inner == input.Shape[-1] && output.Type == ElementType.Float32;
        fits = fits && (long)input.Shape.ElementCount * Columns == (long)output.Shape.ElementCount * Inner && (bias is null || AcceptsBias(bias, Columns));
        if (!fits)
        {
            throw new ArgumentException($"{@operator} '{name}': {input} times {weight}{(bias is null ? "" : $" plus {bias}")} ({options}) does not give {output}.", nameof(output));
        }
    }

    /// <summary>Whether the weight is transposed, and the factors.</summary>
    public MatrixProductOptions Options { get; }

    /// <summary>Terms of one sum.</summary>
    public int Inner => Inputs[1]!.Shape[Options.TransposeRight ? 1 : 0];

    /// <summary>Results of a row.</summary>
    public int Columns => Inputs[1]!.Shape[Options.TransposeRight ? 0 : 1];

    /// <inheritdoc/>
    public override long Operations => 2L * Outputs[0]!.Shape.ElementCount * Inner;

    /// <inheritdoc/>
    public override string Attributes => string.Create(CultureInfo.InvariantCulture, $"transB={Options.TransposeRight} alpha={Options.Alpha} beta={Options.Beta}");

    /// <summary>True if the node can multiply these.</summary>
    public static bool Accepts(Wire input, Wire weight)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(weight);
        return input.Type == ElementType.Float32 && weight.Type == ElementType.Float32 && weight.Constant is not null && weight.Shape.Rank == 2
            && weight.Shape.ElementCount > 0 && input.Shape.Rank >= 1;
    }

    /// <summary>True if the node can add this to a row of <paramref name="columns"/>: a constant that is the same for all rows.</summary>
    public static bool AcceptsBias(Wire bias, int columns)
    {
        ArgumentNullException.ThrowIfNull(bias);
        return bias.Constant is not null && bias.Type == ElementType.Float32 && (bias.Shape.ElementCount == 1 || (bias.Shape.ElementCount == columns && bias.Shape[-1] == columns));
    }

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
    {
        ImmutableArray<float> weights = Scaled(Inputs[1]!.Constant!, Options.Alpha, Inner * Columns);
        ImmutableArray<float> bias = Inputs.Length > 2 ? Scaled(Inputs[2]!.Constant!, Options.Beta, Columns) : [];
        return new Kernel(this, DenseLayer.Pack(weights.AsSpan(), Inner, Columns, Options.TransposeRight, bias.AsSpan(), choice), slots);
    }

    private static ImmutableArray<float> Scaled(ConstantTensor tensor, float factor, int count)
    {
        ReadOnlySpan<float> values = tensor.Values<float>();
        ImmutableArray<float>.Builder scaled = ImmutableArray.CreateBuilder<float>(count);
        for (int i = 0; i < count; i++) scaled.Add(factor * values[values.Length == 1 ? 0 : i]);
        return scaled.MoveToImmutable();
    }

    private sealed unsafe class Kernel(DenseNode node, DenseLayer layer, PlanSlots slots) : NodeKernel
    {
        private readonly WireSlot _input = slots.Of(node.Inputs[0]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly int _rows = node.Inputs[0]!.Shape.ElementCount / node.Inner;

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            nint inputStride = (nint)layer.K * sizeof(float), outputStride = (nint)layer.Columns * sizeof(float);
            if (_rows == 0) return;
            if (!_input.IsConstant)
            {
                layer.Multiply(context.At(_input), inputStride, context.Lanes * _rows, context.At(_output), outputStride);
                return;
            }
            for (int lane = 0; lane < context.Lanes; lane++) layer.Multiply(context.At(_input), inputStride, _rows, context.At(_output, lane), outputStride);
        }
    }
}
