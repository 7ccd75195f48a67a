using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Elementwise;

/// <summary>The float32 functions that have vector kernels.</summary>
internal readonly struct VectorChoice(Wire input, Wire output, KernelChoice choice, PlanSlots slots, double alpha, double beta)
{
    /// <summary>The vector kernel of a function; null where there is none for it, the element type or the instruction set.</summary>
    public NodeKernel? Bind(UnaryFunction function)
    {
        if (input.Type != ElementType.Float32 || choice.InstructionSet == InstructionSet.Scalar) return null;
        return function switch
        {
            UnaryFunction.Abs => Kernel<VectorAbsolute>(),
            UnaryFunction.Neg => Kernel<VectorNegate>(),
            UnaryFunction.Sqrt => Kernel<VectorSquareRoot>(),
            UnaryFunction.Reciprocal => Kernel<VectorReciprocal>(),
            UnaryFunction.Relu => Kernel<VectorRelu>(),
            UnaryFunction.LeakyRelu => Kernel<VectorLeakyRelu>(),
            UnaryFunction.Exp => Kernel<VectorExponential>(),
            UnaryFunction.Erf => Kernel<VectorErf>(),
            UnaryFunction.Tanh => Kernel<VectorTanh>(),
            UnaryFunction.Sigmoid => Kernel<VectorSigmoid>(),
            UnaryFunction.Softplus => Kernel<VectorSoftplus>(),
            UnaryFunction.Softsign => Kernel<VectorSoftsign>(),
            UnaryFunction.Swish => Kernel<VectorSwish>(),
            UnaryFunction.Mish => Kernel<VectorMish>(),
            UnaryFunction.Elu => Kernel<VectorElu>(),
            UnaryFunction.Selu => Kernel<VectorSelu>(),
            UnaryFunction.HardSigmoid => Kernel<VectorHardSigmoid>(),
            UnaryFunction.HardSwish => Kernel<VectorHardSwish>(),
            UnaryFunction.Gelu => Kernel<VectorGelu>(),
            UnaryFunction.GeluTanh => Kernel<VectorGeluTanh>(),
            _ => null,
        };
    }

    private VectorUnaryKernel<TFunction> Kernel<TFunction>() where TFunction : struct, IVectorFunction => new(input, output, choice, slots, (float)alpha, (float)beta);
}
