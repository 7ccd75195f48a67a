using System.Numerics;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Elementwise;

/// <summary>
/// Converts elements to the output's type. Integers to narrower integers wrap; floats to integers truncate towards zero and saturate, NaN gives 0;
/// anything but zero is true; true is 1. Floats to narrower floats round to nearest, halves to even.
/// </summary>
public sealed class CastNode(string name, Wire input, Wire output) : StepNode(name, "Cast", [input], [output])
{
    /// <inheritdoc/>
    public override string Attributes => $"to={Outputs[0]!.Type.DisplayName()}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => ElementSwitch.Numbers(Inputs[0]!.Type, new FromType(this, slots));

    private readonly struct FromType(CastNode node, PlanSlots slots) : INumberFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>
            => node.Outputs[0]!.Type == ElementType.Bool
                ? new UnaryKernel<ToTruth<T>, T, byte>(node.Inputs[0]!, node.Outputs[0]!, slots, T.Zero, T.Zero)
                : ElementSwitch.Numbers(node.Outputs[0]!.Type, new ToType<T>(node, slots));
    }

    private readonly struct ToType<TFrom>(CastNode node, PlanSlots slots) : INumberFactory where TFrom : unmanaged, INumber<TFrom>
    {
        public NodeKernel Create<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>
            => node.Inputs[0]!.Type is ElementType.Float16 or ElementType.Float32 or ElementType.Float64
                ? new UnaryKernel<SaturatingCast<TFrom, T>, TFrom, T>(node.Inputs[0]!, node.Outputs[0]!, slots, TFrom.Zero, TFrom.Zero)
                : new UnaryKernel<WrappingCast<TFrom, T>, TFrom, T>(node.Inputs[0]!, node.Outputs[0]!, slots, TFrom.Zero, TFrom.Zero);
    }

    private readonly struct ToTruth<T> : IUnaryFunction<T, byte> where T : INumber<T>
    {
        public static byte Invoke(T x, T alpha, T beta) => Truth.Of(!T.IsZero(x));
    }

    private readonly struct SaturatingCast<TFrom, TTo> : IUnaryFunction<TFrom, TTo> where TFrom : INumber<TFrom> where TTo : INumber<TTo>
    {
        public static TTo Invoke(TFrom x, TFrom alpha, TFrom beta) => TTo.CreateSaturating(x);
    }

    private readonly struct WrappingCast<TFrom, TTo> : IUnaryFunction<TFrom, TTo> where TFrom : INumber<TFrom> where TTo : INumber<TTo>
    {
        public static TTo Invoke(TFrom x, TFrom alpha, TFrom beta) => TTo.CreateTruncating(x);
    }
}
