using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.FrontEnds.Vectors;

/// <summary>What a <see cref="VectorFrontEnd"/> accepts.</summary>
/// <param name="Inputs">The model's inputs.</param>
/// <param name="Bounds">For each input the least and greatest integer allowed.</param>
public sealed record VectorOptions(ImmutableArray<StepPort> Inputs, ImmutableArray<(long Least, long Greatest)> Bounds)
{
    /// <summary>Reads <c>bounds</c>: for input names a pair of least and greatest integer. Absent inputs are not bounded.</summary>
    /// <exception cref="CardException">A pair is malformed or names no input, or an input has a type that numbers cannot fill.</exception>
    public static VectorOptions Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        CardSection section = card.Section("bounds");
        ImmutableArray<(long, long)>.Builder bounds = ImmutableArray.CreateBuilder<(long, long)>();
        foreach (StepPort port in signature.Inputs)
        {
            if (port.Type is not (ElementType.Float32 or ElementType.Float64 or ElementType.Bool) && !IsWhole(port.Type))
            {
                throw card.Refuse("type", $"input '{port}' of model '{signature.ModelName}' cannot be filled from numbers, "
                    + "expected float32, float64, an integer type or bool. Give the model a front end that writes it.");
            }
            bounds.Add(BoundsOf(section, port));
        }
        section.Complete();
        return new VectorOptions(signature.Inputs, bounds.ToImmutable());
    }

    /// <summary>True for integers of every width.</summary>
    internal static bool IsWhole(ElementType type)
        => type is ElementType.Int8 or ElementType.UInt8 or ElementType.Int16 or ElementType.UInt16 or ElementType.Int32 or ElementType.UInt32 or ElementType.Int64 or ElementType.UInt64;

    private static (long Least, long Greatest) BoundsOf(CardSection section, StepPort port)
    {
        (long least, long greatest) = port.Type switch
        {
            ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            ElementType.UInt8 => (byte.MinValue, byte.MaxValue),
            ElementType.Int16 => (short.MinValue, short.MaxValue),
            ElementType.UInt16 => (ushort.MinValue, ushort.MaxValue),
            ElementType.Int32 => (int.MinValue, int.MaxValue),
            ElementType.UInt32 => (uint.MinValue, uint.MaxValue),
            ElementType.UInt64 => (0, long.MaxValue),
            ElementType.Bool => (0, 1),
            _ => (long.MinValue, long.MaxValue),
        };
        if (!section.Has(port.Name)) return (least, greatest);
        ImmutableArray<float> pair = section.Numbers(port.Name, 2);
        return (Math.Max(least, (long)pair[0]), Math.Min(greatest, (long)pair[1]));
    }
}
