using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Kernels.Small;
using SeqStream.Plan;
using SeqStream.Weights;

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
    /// <param name="stored">The weight in a small form, [columns, inner], whose values <paramref name="weight"/> has; null for float32. The factor of the product is 1 then.</param>
    /// <exception cref="ArgumentException">Types, shapes or constants do not go together.</exception>
    public DenseNode(string name, string @operator, Wire input, Wire weight, Wire? bias, Wire output, MatrixProductOptions options, StoredMatrix? stored = null)
        : base(name, @operator, bias is null ? [input, weight] : [input, weight, bias], [output])
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Stored = stored;
        bool fits = Accepts(input, weight) && !options.TransposeLeft && Inner == input.Shape[-1] && output.Type == ElementType.Float32;
        fits = fits && (long)input.Shape.ElementCount * Columns == (long)output.Shape.ElementCount * Inner && (bias is null || AcceptsBias(bias, Columns));
        fits = fits && (stored is null || (stored.Rows == Columns && stored.Columns == Inner && options.Alpha == 1));
        if (!fits)
        {
            throw new ArgumentException($"{@operator} '{name}': {input} times {weight}{(bias is null ? "" : $" plus {bias}")} ({options}) does not give {output}.", nameof(output));
        }
    }

    /// <summary>Whether the weight is transposed, and the factors.</summary>
    public MatrixProductOptions Options { get; }

    /// <summary>The weight in a small form; null for float32.</summary>
    public StoredMatrix? Stored { get; }

    /// <summary>Terms of one sum.</summary>
    public int Inner => Inputs[1]!.Shape[Options.TransposeRight ? 1 : 0];

    /// <summary>Results of a row.</summary>
    public int Columns => Inputs[1]!.Shape[Options.TransposeRight ? 0 : 1];

    /// <inheritdoc/>
    public override long Operations => 2L * Outputs[0]!.Shape.ElementCount * Inner;

    /// <inheritdoc/>
    public override string Attributes => string.Create(CultureInfo.InvariantCulture, $"transB={Options.TransposeRight} alpha={Options.Alpha} beta={Options.Beta}{(Stored is null ? "" : $" weights={Stored.Form.ShortName()}{(SmallRule.Runs(Stored) ? "" : " computed=f32")}")}");

    /// <inheritdoc/>
    public override ImmutableArray<StoredMatrix> StoredWeights => Stored is null ? [] : [Stored];

    /// <inheritdoc/>
    public override bool RoundsActivations => Stored is not null && Stored.Form.IsInteger() && SmallRule.Runs(Stored);

    /// <inheritdoc/>
    public override StepNode WithWeights(WeightForm form)
    {
        if (form == (Stored?.Form ?? WeightForm.Float32) || Options.Alpha != 1) return this;
        Wire weight = Inputs[1]!, input = Inputs[0]!, output = Outputs[0]!;
        Wire? bias = Inputs.Length > 2 ? Inputs[2] : null;
        if (form == WeightForm.Float32) return new DenseNode(Name, Operator, input, weight, bias, output, Options);
        ReadOnlySpan<float> values = weight.Constant!.Values<float>();
        StoredMatrix? stored = StoredMatrix.TryOf(form, Columns, Inner, Options.TransposeRight ? values : Turned(values, Inner, Columns));
        if (stored is null) return this;
        float[] wide = stored.Widen();
        ConstantTensor rounded = ConstantTensor.Float32(weight.Shape, Options.TransposeRight ? wide : Turned(wide, Columns, Inner));
        return new DenseNode(Name, Operator, input, new Wire(weight.Name, rounded), bias, output, Options, stored);
    }

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
        ImmutableArray<float> bias = Inputs.Length > 2 ? Scaled(Inputs[2]!.Constant!, Options.Beta, Columns) : [];
        if (Stored is not null) return new Kernel(this, DenseLayer.Pack(Stored, bias.AsSpan(), choice), slots);
        ImmutableArray<float> weights = Scaled(Inputs[1]!.Constant!, Options.Alpha, Inner * Columns);
        return new Kernel(this, DenseLayer.Pack(weights.AsSpan(), Inner, Columns, Options.TransposeRight, bias.AsSpan(), choice), slots);
    }

    /// <summary>[rows, columns] as [columns, rows].</summary>
    private static float[] Turned(ReadOnlySpan<float> values, int rows, int columns)
    {
        float[] turned = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column];
        }
        return turned;
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
