using System.Globalization;
using System.Numerics;
using System.Runtime.Intrinsics;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Normalization;

/// <summary>
/// Normalizes every block of the trailing elements: y = (x - mean) / sqrt(variance + epsilon) * scale + bias, or, about zero,
/// y = x / sqrt(mean of squares + epsilon) * scale + bias. Layer, root-mean-square, instance and group normalization are of this form.
/// </summary>
public sealed class NormalizeNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="operator">The operator's name, as in ONNX.</param>
    /// <param name="aboutZero">True to leave the mean alone.</param>
    /// <param name="input">The tensor, a whole number of blocks.</param>
    /// <param name="scale">[blockLength] or null for 1.</param>
    /// <param name="bias">[blockLength] or null for 0.</param>
    /// <param name="output">The result, of the input's type and shape.</param>
    /// <param name="mean">[blocks] each block's mean, or null if not wanted.</param>
    /// <param name="inverseDeviation">[blocks] each block's 1 / sqrt(variance + epsilon), or null if not wanted.</param>
    /// <param name="blockLength">Elements normalized together.</param>
    /// <param name="epsilon">Keeps the root away from zero.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public NormalizeNode(string name, string @operator, bool aboutZero, Wire input, Wire? scale, Wire? bias, Wire output, Wire? mean, Wire? inverseDeviation, int blockLength, float epsilon)
        : base(name, @operator, [input, scale, bias], [output, mean, inverseDeviation])
    {
        bool fits = input.Type == output.Type && input.Shape.ElementCount == output.Shape.ElementCount && (blockLength == 0 ? input.Shape.ElementCount == 0 : input.Shape.ElementCount % blockLength == 0);
        fits &= (scale is null || (scale.Type == input.Type && scale.Shape.ElementCount == blockLength)) && (bias is null || (bias.Type == input.Type && bias.Shape.ElementCount == blockLength));
        if (!fits)
        {
            throw new ArgumentException($"{@operator} '{name}' of {input} in blocks of {blockLength} with scale {scale?.ToString() ?? "1"} and bias {bias?.ToString() ?? "0"} does not give {output}.", nameof(output));
        }
        AboutZero = aboutZero;
        BlockLength = blockLength;
        Epsilon = epsilon;
    }

    /// <summary>True if the mean is left alone.</summary>
    public bool AboutZero { get; }

    /// <summary>Elements normalized together.</summary>
    public int BlockLength { get; }

    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public override string Attributes => string.Create(CultureInfo.InvariantCulture, $"block={BlockLength} epsilon={Epsilon}");

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => Inputs[0]!.Type switch
    {
        ElementType.Float32 when Outputs[1] is null && Outputs[2] is null => BindSingle(choice, slots),
        ElementType.Float32 => ForStatistics<float>(slots),
        ElementType.Float64 => ForStatistics<double>(slots),
        ElementType.Float16 => ForStatistics<Half>(slots),
        ElementType type => throw ElementSwitch.Unsupported(type, "float16, float32 or float64"),
    };

    /// <summary>Vectors no longer than what they run over.</summary>
    private NodeKernel BindSingle(KernelChoice choice, PlanSlots slots) => choice.InstructionSet switch
    {
        InstructionSet.Vector512 when BlockLength >= Simd512.Width => new VectorNormalizeKernel<Vector512<float>, Simd512>(this, slots),
        >= InstructionSet.Vector256 when BlockLength >= Simd256.Width => new VectorNormalizeKernel<Vector256<float>, Simd256>(this, slots),
        >= InstructionSet.Vector128 => new VectorNormalizeKernel<Vector128<float>, Simd128>(this, slots),
        _ => new NormalizeKernel<float, float>(this, slots),
    };

    private NodeKernel ForStatistics<T>(PlanSlots slots) where T : unmanaged, IFloatingPointIeee754<T> => (Outputs[1] ?? Outputs[2])?.Type switch
    {
        ElementType.Float64 => new NormalizeKernel<T, double>(this, slots),
        ElementType.Float16 => new NormalizeKernel<T, Half>(this, slots),
        _ => new NormalizeKernel<T, float>(this, slots),
    };
}
