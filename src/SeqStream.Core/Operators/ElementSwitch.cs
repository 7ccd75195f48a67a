using System.Numerics;
using SeqStream.Plan;

namespace SeqStream.Operators;

/// <summary>Turns an <see cref="ElementType"/> into a type argument: every instantiation is written out, so that ahead-of-time compilers see it.</summary>
internal static class ElementSwitch
{
    /// <summary>Any numeric type; <see cref="ElementType.Bool"/> counts as <see cref="byte"/>.</summary>
    public static NodeKernel Numbers<TFactory>(ElementType type, TFactory factory) where TFactory : struct, INumberFactory => type switch
    {
        ElementType.Float32 => factory.Create<float>(),
        ElementType.Float64 => factory.Create<double>(),
        ElementType.Float16 => factory.Create<Half>(),
        ElementType.Int8 => factory.Create<sbyte>(),
        ElementType.UInt8 or ElementType.Bool => factory.Create<byte>(),
        ElementType.Int16 => factory.Create<short>(),
        ElementType.UInt16 => factory.Create<ushort>(),
        ElementType.Int32 => factory.Create<int>(),
        ElementType.UInt32 => factory.Create<uint>(),
        ElementType.Int64 => factory.Create<long>(),
        ElementType.UInt64 => factory.Create<ulong>(),
        _ => throw Unsupported(type, "a number"),
    };

    /// <summary>The integer types; <see cref="ElementType.Bool"/> counts as <see cref="byte"/>.</summary>
    public static NodeKernel Integers<TFactory>(ElementType type, TFactory factory) where TFactory : struct, IIntegerFactory => type switch
    {
        ElementType.Int8 => factory.Create<sbyte>(),
        ElementType.UInt8 or ElementType.Bool => factory.Create<byte>(),
        ElementType.Int16 => factory.Create<short>(),
        ElementType.UInt16 => factory.Create<ushort>(),
        ElementType.Int32 => factory.Create<int>(),
        ElementType.UInt32 => factory.Create<uint>(),
        ElementType.Int64 => factory.Create<long>(),
        ElementType.UInt64 => factory.Create<ulong>(),
        _ => throw Unsupported(type, "an integer"),
    };

    /// <summary>The floating-point types.</summary>
    public static NodeKernel Floats<TFactory>(ElementType type, TFactory factory) where TFactory : struct, IFloatFactory => type switch
    {
        ElementType.Float32 => factory.Create<float>(),
        ElementType.Float64 => factory.Create<double>(),
        ElementType.Float16 => factory.Create<Half>(),
        _ => throw Unsupported(type, "float16, float32 or float64"),
    };

    /// <summary>An unsigned integer as wide as the element: for kernels that move elements without looking at them.</summary>
    public static NodeKernel Widths<TFactory>(ElementType type, TFactory factory) where TFactory : struct, IIntegerFactory => type.ByteSize() switch
    {
        1 => factory.Create<byte>(),
        2 => factory.Create<ushort>(),
        4 => factory.Create<uint>(),
        8 => factory.Create<ulong>(),
        _ => throw Unsupported(type, "an element type"),
    };

    /// <summary>Checks the type of a node's elements when the node is made, so that binding it does not fail.</summary>
    /// <exception cref="ArgumentException">It is none of <paramref name="allowed"/>.</exception>
    public static void Require(ElementType type, params ReadOnlySpan<ElementType> allowed)
    {
        foreach (ElementType one in allowed)
        {
            if (one == type) return;
        }
        throw Unsupported(type, string.Join(", ", allowed.ToArray().Select(static one => one.DisplayName())));
    }

    public static ArgumentException Unsupported(ElementType type, string expected) => new($"Found element type {type.DisplayName()}, expected {expected}.");
}

/// <summary>Makes a kernel for any number type.</summary>
internal interface INumberFactory
{
    NodeKernel Create<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>Makes a kernel for any integer type.</summary>
internal interface IIntegerFactory
{
    NodeKernel Create<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>;
}

/// <summary>Makes a kernel for any floating-point type.</summary>
internal interface IFloatFactory
{
    NodeKernel Create<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>;
}
