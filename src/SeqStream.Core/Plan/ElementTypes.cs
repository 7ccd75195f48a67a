namespace SeqStream.Plan;

/// <summary>Facts about <see cref="ElementType"/> values.</summary>
public static class ElementTypes
{
    /// <summary>Bytes of one element; 0 for <see cref="ElementType.None"/>.</summary>
    public static int ByteSize(this ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => 1,
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 => 2,
        ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
        ElementType.Int64 or ElementType.UInt64 or ElementType.Float64 => 8,
        _ => 0,
    };

    /// <summary>The lower-case name people write: <c>float32</c>, <c>int64</c>, <c>bool</c>.</summary>
    public static string DisplayName(this ElementType type) => type.ToString().ToLowerInvariant();
}
