using System.Runtime.InteropServices;
using SeqStream.Plan;

namespace SeqStream.TestSupport;

/// <summary>An encoded <c>TensorProto</c>: an initializer or a tensor attribute. A name is added when it becomes an initializer.</summary>
internal sealed class OnnxTensor
{
    private readonly ProtobufWriter _fields = new();

    private OnnxTensor(int dataType, ReadOnlySpan<long> dimensions)
    {
        foreach (long dimension in dimensions) _fields.Int64(1, dimension);
        _fields.Int64(2, dataType);
    }

    /// <summary>Elements in <c>raw_data</c>; works for every fixed-size type, <paramref name="values"/> being its bit patterns.</summary>
    public static OnnxTensor Of<T>(ElementType type, ReadOnlySpan<long> dimensions, ReadOnlySpan<T> values) where T : unmanaged
        => OfRaw((int)type, dimensions, MemoryMarshal.AsBytes(values));

    public static OnnxTensor Floats(ReadOnlySpan<long> dimensions, params ReadOnlySpan<float> values) => Of(ElementType.Float32, dimensions, values);

    public static OnnxTensor Doubles(ReadOnlySpan<long> dimensions, params ReadOnlySpan<double> values) => Of(ElementType.Float64, dimensions, values);

    public static OnnxTensor Int64s(ReadOnlySpan<long> dimensions, params ReadOnlySpan<long> values) => Of(ElementType.Int64, dimensions, values);

    public static OnnxTensor Int32s(ReadOnlySpan<long> dimensions, params ReadOnlySpan<int> values) => Of(ElementType.Int32, dimensions, values);

    public static OnnxTensor Bools(ReadOnlySpan<long> dimensions, params ReadOnlySpan<bool> values) => Of(ElementType.Bool, dimensions, values);

    /// <summary>Any data type number and any bytes, fitting or not.</summary>
    public static OnnxTensor OfRaw(int dataType, ReadOnlySpan<long> dimensions, ReadOnlySpan<byte> raw)
    {
        OnnxTensor tensor = new(dataType, dimensions);
        tensor._fields.Bytes(9, raw);
        return tensor;
    }

    /// <summary>float32 elements in the packed typed field <c>float_data</c> instead of <c>raw_data</c>.</summary>
    public static OnnxTensor TypedFloats(ReadOnlySpan<long> dimensions, params ReadOnlySpan<float> values)
    {
        OnnxTensor tensor = new((int)ElementType.Float32, dimensions);
        tensor._fields.Bytes(4, MemoryMarshal.AsBytes(values));
        return tensor;
    }

    /// <summary>float64 elements in the packed typed field <c>double_data</c>.</summary>
    public static OnnxTensor TypedDoubles(ReadOnlySpan<long> dimensions, params ReadOnlySpan<double> values)
    {
        OnnxTensor tensor = new((int)ElementType.Float64, dimensions);
        tensor._fields.Bytes(10, MemoryMarshal.AsBytes(values));
        return tensor;
    }

    /// <summary>Elements of an integer type in its packed typed field: <c>int64_data</c>, <c>uint64_data</c> or <c>int32_data</c>.</summary>
    public static OnnxTensor TypedIntegers(ElementType type, ReadOnlySpan<long> dimensions, params ReadOnlySpan<long> values)
    {
        OnnxTensor tensor = new((int)type, dimensions);
        int field = type switch
        {
            ElementType.Int64 => 7,
            ElementType.UInt32 or ElementType.UInt64 => 11,
            _ => 5,
        };
        tensor._fields.PackedInt64(field, values);
        return tensor;
    }

    public static OnnxTensor Strings(ReadOnlySpan<long> dimensions, params ReadOnlySpan<string> values)
    {
        OnnxTensor tensor = new(8, dimensions);
        foreach (string value in values) tensor._fields.String(6, value);
        return tensor;
    }

    /// <summary>A tensor whose elements lie in another file.</summary>
    public static OnnxTensor External(ElementType type, ReadOnlySpan<long> dimensions, string location, long offset = 0, long length = 0)
    {
        OnnxTensor tensor = new((int)type, dimensions);
        tensor._fields.Message(13, new ProtobufWriter().String(1, "location").String(2, location));
        tensor._fields.Message(13, new ProtobufWriter().String(1, "offset").String(2, $"{offset}"));
        tensor._fields.Message(13, new ProtobufWriter().String(1, "length").String(2, $"{length}"));
        tensor._fields.Int64(14, 1);
        return tensor;
    }

    /// <summary>A tensor whose elements lie in another file, with any entries.</summary>
    public static OnnxTensor ExternalOf(ElementType type, ReadOnlySpan<long> dimensions, params ReadOnlySpan<(string Key, string Value)> entries)
    {
        OnnxTensor tensor = new((int)type, dimensions);
        foreach ((string key, string value) in entries) tensor._fields.Message(13, new ProtobufWriter().String(1, key).String(2, value));
        tensor._fields.Int64(14, 1);
        return tensor;
    }

    public ProtobufWriter Encode(string? name = null)
    {
        ProtobufWriter tensor = new ProtobufWriter().Raw(_fields.ToArray());
        return name is null ? tensor : tensor.String(8, name);
    }
}
