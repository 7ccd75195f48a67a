using System.Runtime.InteropServices;
using SeqStream.Plan;

namespace SeqStream.Hosting.Verification;

/// <summary>Elements of any type as numbers.</summary>
internal static class Elements
{
    /// <summary>True for types whose numbers are compared exactly.</summary>
    public static bool IsExact(ElementType type) => type is not (ElementType.Float16 or ElementType.Float32 or ElementType.Float64);

    /// <summary>One element.</summary>
    public static double At(ElementType type, ReadOnlySpan<byte> bytes, int index) => type switch
    {
        ElementType.Float32 => MemoryMarshal.Cast<byte, float>(bytes)[index],
        ElementType.Float64 => MemoryMarshal.Cast<byte, double>(bytes)[index],
        ElementType.Float16 => (double)MemoryMarshal.Cast<byte, Half>(bytes)[index],
        ElementType.Int64 => MemoryMarshal.Cast<byte, long>(bytes)[index],
        ElementType.UInt64 => MemoryMarshal.Cast<byte, ulong>(bytes)[index],
        ElementType.Int32 => MemoryMarshal.Cast<byte, int>(bytes)[index],
        ElementType.UInt32 => MemoryMarshal.Cast<byte, uint>(bytes)[index],
        ElementType.Int16 => MemoryMarshal.Cast<byte, short>(bytes)[index],
        ElementType.UInt16 => MemoryMarshal.Cast<byte, ushort>(bytes)[index],
        ElementType.Int8 => (sbyte)bytes[index],
        _ => bytes[index],
    };

    /// <summary>Writes one element.</summary>
    public static void Set(ElementType type, Span<byte> bytes, int index, double value)
    {
        switch (type)
        {
            case ElementType.Float32: MemoryMarshal.Cast<byte, float>(bytes)[index] = (float)value; break;
            case ElementType.Float64: MemoryMarshal.Cast<byte, double>(bytes)[index] = value; break;
            case ElementType.Float16: MemoryMarshal.Cast<byte, Half>(bytes)[index] = (Half)value; break;
            case ElementType.Int64: MemoryMarshal.Cast<byte, long>(bytes)[index] = (long)value; break;
            case ElementType.UInt64: MemoryMarshal.Cast<byte, ulong>(bytes)[index] = (ulong)value; break;
            case ElementType.Int32: MemoryMarshal.Cast<byte, int>(bytes)[index] = (int)value; break;
            case ElementType.UInt32: MemoryMarshal.Cast<byte, uint>(bytes)[index] = (uint)value; break;
            case ElementType.Int16: MemoryMarshal.Cast<byte, short>(bytes)[index] = (short)value; break;
            case ElementType.UInt16: MemoryMarshal.Cast<byte, ushort>(bytes)[index] = (ushort)value; break;
            case ElementType.Int8: bytes[index] = (byte)(sbyte)value; break;
            default: bytes[index] = (byte)value; break;
        }
    }
}
