using SeqStream.Plan;

namespace SeqStream.Operators.Elementwise;

/// <summary>The functions that only floating-point elements have: every one as a float32, a float64 and a float16 kernel.</summary>
internal readonly struct FloatFunctions(Wire input, Wire output, PlanSlots slots, double alpha, double beta)
{
    public NodeKernel Bind(UnaryFunction function) => function switch
    {
        UnaryFunction.Floor => Choose<Floor<float>, Floor<double>>(),
        UnaryFunction.Ceil => Choose<Ceiling<float>, Ceiling<double>>(),
        UnaryFunction.Round => Choose<RoundHalfToEven<float>, RoundHalfToEven<double>>(),
        UnaryFunction.Sqrt => Choose<SquareRoot<float>, SquareRoot<double>>(),
        UnaryFunction.Reciprocal => Choose<Reciprocal<float>, Reciprocal<double>>(),
        UnaryFunction.Exp => Choose<Exponential<float>, Exponential<double>>(),
        UnaryFunction.Log => Choose<Logarithm<float>, Logarithm<double>>(),
        UnaryFunction.Erf => Choose<ErrorFunction<float>, ErrorFunction<double>>(),
        UnaryFunction.Sin => Choose<Sine<float>, Sine<double>>(),
        UnaryFunction.Cos => Choose<Cosine<float>, Cosine<double>>(),
        UnaryFunction.Tan => Choose<Tangent<float>, Tangent<double>>(),
        UnaryFunction.Asin => Choose<ArcSine<float>, ArcSine<double>>(),
        UnaryFunction.Acos => Choose<ArcCosine<float>, ArcCosine<double>>(),
        UnaryFunction.Atan => Choose<ArcTangent<float>, ArcTangent<double>>(),
        UnaryFunction.Sinh => Choose<HyperbolicSine<float>, HyperbolicSine<double>>(),
        UnaryFunction.Cosh => Choose<HyperbolicCosine<float>, HyperbolicCosine<double>>(),
        UnaryFunction.Tanh => Choose<HyperbolicTangent<float>, HyperbolicTangent<double>>(),
        UnaryFunction.Asinh => Choose<AreaSine<float>, AreaSine<double>>(),
        UnaryFunction.Acosh => Choose<AreaCosine<float>, AreaCosine<double>>(),
        UnaryFunction.Atanh => Choose<AreaTangent<float>, AreaTangent<double>>(),
        UnaryFunction.LeakyRelu => Choose<LeakyRelu<float>, LeakyRelu<double>>(),
        UnaryFunction.ThresholdedRelu => Choose<ThresholdedRelu<float>, ThresholdedRelu<double>>(),
        UnaryFunction.Elu => Choose<Elu<float>, Elu<double>>(),
        UnaryFunction.Selu => Choose<Selu<float>, Selu<double>>(),
        UnaryFunction.Celu => Choose<Celu<float>, Celu<double>>(),
        UnaryFunction.Sigmoid => Choose<Sigmoid<float>, Sigmoid<double>>(),
        UnaryFunction.HardSigmoid => Choose<HardSigmoid<float>, HardSigmoid<double>>(),
        UnaryFunction.HardSwish => Choose<HardSwish<float>, HardSwish<double>>(),
        UnaryFunction.Swish => Choose<Swish<float>, Swish<double>>(),
        UnaryFunction.Mish => Choose<Mish<float>, Mish<double>>(),
        UnaryFunction.Softplus => Choose<Softplus<float>, Softplus<double>>(),
        UnaryFunction.Softsign => Choose<Softsign<float>, Softsign<double>>(),
        UnaryFunction.Gelu => Choose<Gelu<float>, Gelu<double>>(),
        UnaryFunction.GeluTanh => Choose<GeluTanh<float>, GeluTanh<double>>(),
        _ => throw new ArgumentException($"Function {function} has no floating-point kernel."),
    };

    private NodeKernel Choose<TSingle, TDouble>()
        where TSingle : struct, IUnaryFunction<float, float>
        where TDouble : struct, IUnaryFunction<double, double> => input.Type switch
    {
        ElementType.Float32 => new UnaryKernel<TSingle, float, float>(input, output, slots, (float)alpha, (float)beta),
        ElementType.Float64 => new UnaryKernel<TDouble, double, double>(input, output, slots, alpha, beta),
        ElementType.Float16 => new HalfUnaryKernel<TSingle>(input, output, slots, (float)alpha, (float)beta),
        _ => throw ElementSwitch.Unsupported(input.Type, "float16, float32 or float64"),
    };
}
