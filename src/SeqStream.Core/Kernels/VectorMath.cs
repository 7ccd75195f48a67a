using System.Runtime.Intrinsics;
using SeqStream.Cells;
using SeqStream.Kernels.Elementwise;

namespace SeqStream.Kernels;

/// <summary>
/// Functions of float32 arrays on one instruction set. Stateless, any thread. x and y may be the same array; arrays need no alignment, and
/// nothing beyond count elements is read or written. An element's bits do not depend on its place. NaN gives NaN.
/// Largest errors against double, in units in the last place: exp 1.1, sigmoid 2.5 (for x >= -87), tanh 2.9, log 1.2. softplus and erf are within
/// 4e-7 of the exact value, relative to it where it is above 1.
/// </summary>
public abstract unsafe class VectorMath
{
    private protected VectorMath()
    {
    }

    /// <summary>The functions for one instruction set.</summary>
    public static VectorMath For(KernelChoice choice)
    {
        ArgumentNullException.ThrowIfNull(choice);
        return choice.InstructionSet switch
        {
            InstructionSet.Vector512 when CodeGeneration.Has512 => WideMath<Vector512<float>, Simd512>.Instance,
            InstructionSet.Vector256 when CodeGeneration.Has256 => WideMath<Vector256<float>, Simd256>.Instance,
            InstructionSet.Vector128 when CodeGeneration.Has128 => WideMath<Vector128<float>, Simd128>.Instance,
            _ => ScalarMath.Instance,
        };
    }

    /// <summary>y = activation(x), any of the functions that recurrent operators know.</summary>
    public abstract void Activate(CellActivation activation, float* x, float* y, int count);

    /// <summary>y = e^x, with denormal results, 0 and infinity.</summary>
    public abstract void Exp(float* x, float* y, int count);

    /// <summary>y = ln x; -infinity for 0 and denormals, NaN for negative x.</summary>
    public abstract void Log(float* x, float* y, int count);

    /// <summary>y = erf x.</summary>
    public abstract void Erf(float* x, float* y, int count);

    /// <summary>y = sqrt x.</summary>
    public abstract void Sqrt(float* x, float* y, int count);

    /// <summary>y = scale * x + shift.</summary>
    public void Affine(float scale, float shift, float* x, float* y, int count) => Activate(new(ActivationKind.Affine, scale, shift), x, y, count);

    /// <summary>y = 1 / (1 + e^-x).</summary>
    public void Sigmoid(float* x, float* y, int count) => Activate(new(ActivationKind.Sigmoid), x, y, count);

    /// <summary>y = tanh x.</summary>
    public void Tanh(float* x, float* y, int count) => Activate(new(ActivationKind.Tanh), x, y, count);

    /// <summary>y = max(x, 0).</summary>
    public void Relu(float* x, float* y, int count) => Activate(new(ActivationKind.Relu), x, y, count);

    /// <summary>y = ln(1 + e^x).</summary>
    public void Softplus(float* x, float* y, int count) => Activate(new(ActivationKind.Softplus), x, y, count);

    /// <summary>y = a + b, element by element.</summary>
    public abstract void Add(float* a, float* b, float* y, int count);

    /// <summary>y = a * b, element by element.</summary>
    public abstract void Multiply(float* a, float* b, float* y, int count);

    /// <summary>y = a * b + c, element by element.</summary>
    public abstract void MultiplyAdd(float* a, float* b, float* c, float* y, int count);

    /// <summary>y = clamp(x, low, high).</summary>
    public abstract void Clamp(float low, float high, float* x, float* y, int count);

    /// <summary>Sum of x, in an order that depends on count alone.</summary>
    public abstract float Sum(float* x, int count);

    /// <summary>Sum of (x - center)^2, in an order that depends on count alone.</summary>
    public abstract float SumOfSquares(float center, float* x, int count);

    /// <summary>Largest x; -infinity if count is 0.</summary>
    public abstract float Maximum(float* x, int count);

    /// <summary>y = e^(x - max x) / sum of e^(x - max x).</summary>
    public void Softmax(float* x, float* y, int count)
    {
        float max = Maximum(x, count);
        Affine(1, -max, x, y, count);
        Exp(y, y, count);
        Affine(1 / Sum(y, count), 0, y, y, count);
    }

    /// <summary>y = (x - mean) / sqrt(variance + epsilon) * scale + bias: layer normalization of one vector.</summary>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="scale">[count]</param>
    /// <param name="bias">[count], or null for zeros</param>
    /// <param name="x">[count]</param>
    /// <param name="y">[count]</param>
    /// <param name="count">Elements, at least 1.</param>
    public void Normalize(float epsilon, float* scale, float* bias, float* x, float* y, int count)
    {
        float mean = Sum(x, count) / count;
        float inverse = 1 / MathF.Sqrt(SumOfSquares(mean, x, count) / count + epsilon);
        Affine(1, -mean, x, y, count);
        Affine(inverse, 0, y, y, count);
        if (bias == null) Multiply(y, scale, y, count);
        else MultiplyAdd(y, scale, bias, y, count);
    }
}
