using System.Buffers.Binary;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Onnx.Reading;

/// <summary>Reads ONNX <c>TensorProto</c> messages: raw bytes and every typed list.</summary>
internal static class TensorReader
{
    private const int FloatList = 4;
    private const int Int32List = 5;
    private const int Int64List = 7;
    private const int RawBytes = 9;
    private const int DoubleList = 10;
    private const int UInt64List = 11;
    private const int BFloat16 = 16;
    private const int UInt4 = 21;
    private const int Int4 = 22;

    /// <summary>Reads one tensor; bfloat16 elements become float32, and 4-bit integers 8-bit ones, which hold each of them exactly. <paramref name="reader"/> is taken by value: the elements are walked a second time.</summary>
    public static OnnxTensor Read(ProtobufReader reader)
    {
        ProtobufReader elements = reader;
        List<long>? dimensions = null;
        List<(string, string)>? external = null;
        long typeNumber = 0;
        string name = "";
        bool raw = false;
        reader.Budget.TakeItem(reader.Offset, weight: 4);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: reader.Ints(ref dimensions); break;
                case 2: typeNumber = reader.Int(); break;
                case 8: name = reader.Text(); break;
                case RawBytes:
                    if (raw) throw reader.Fault($"tensor '{name}' has its bytes twice");
                    raw = true;
                    reader.Skip();
                    break;
                case 13:
                    ProtobufReader entry = reader.Message();
                    RefuseUnlessAllowed(reader, name);
                    (external ??= []).Add(ReadEntry(entry));
                    break;
                case 14:
                    if (reader.Int() == 0) break;
                    RefuseUnlessAllowed(reader, name);
                    external ??= [];
                    break;
                default: reader.Skip(); break;
            }
        }
        bool isBrief = typeNumber == BFloat16, isNibbles = typeNumber is UInt4 or Int4;
        ElementType type = isBrief ? ElementType.UInt16 : isNibbles ? ElementType.UInt8 : TypeOf(typeNumber);
        if (type == ElementType.None) return new OnnxTensor(name, null, $"its elements are {TypeName(typeNumber)}, which SeqStream does not compute with");
        TensorShape shape = ShapeOf(elements, name, dimensions ?? []), whole = shape;
        if (isNibbles) shape = new TensorShape((int)(((long)whole.ElementCount + 1) / 2));
        ConstantTensor tensor = external is null ? ReadElements(elements, name, type, shape, raw) : ReadExternal(reader, name, type, shape, external);
        return new OnnxTensor(name, isBrief ? Widened(tensor, elements) : isNibbles ? Unpacked(tensor, whole, typeNumber == Int4, elements) : tensor, null);
    }

    /// <summary>SeqStream's element type for an ONNX type number; None where it has none.</summary>
    public static ElementType TypeOf(long number) => number is >= 1 and <= 13 and not 8 ? (ElementType)number : ElementType.None;

    /// <summary>An ONNX element type in words.</summary>
    public static string TypeName(long number) => number switch
    {
        0 => "of no type",
        8 => "string",
        14 => "complex64",
        15 => "complex128",
        16 => "bfloat16",
        >= 17 and <= 20 => "float8",
        21 => "uint4",
        22 => "int4",
        _ when TypeOf(number) != ElementType.None => TypeOf(number).DisplayName(),
        _ => $"of type number {number}",
    };

    /// <summary>bfloat16 is the upper half of float32.</summary>
    private static ConstantTensor Widened(ConstantTensor halves, ProtobufReader reader)
    {
        reader.Budget.TakeBytes((long)halves.Shape.ElementCount * sizeof(float), reader.Offset);
        ReadOnlySpan<ushort> bits = halves.Values<ushort>();
        float[] wide = new float[bits.Length];
        for (int at = 0; at < wide.Length; at++) wide[at] = BitConverter.UInt32BitsToSingle((uint)bits[at] << 16);
        return ConstantTensor.Float32(halves.Shape, wide).WithStored(StoredTensor.OfHalves(WeightForm.BFloat16, halves.Shape, bits));
    }

    /// <summary>Two 4-bit integers in a byte, the first in its lower half.</summary>
    private static ConstantTensor Unpacked(ConstantTensor pairs, TensorShape shape, bool isSigned, ProtobufReader reader)
    {
        reader.Budget.TakeBytes(shape.ElementCount, reader.Offset);
        byte[] bytes = new byte[shape.ElementCount];
        for (int at = 0; at < bytes.Length; at++)
        {
            int nibble = pairs.Bytes[at / 2] >> (at % 2 * 4) & 0xf;
            bytes[at] = (byte)(isSigned && nibble > 7 ? nibble - 16 : nibble);
        }
        return new ConstantTensor(isSigned ? ElementType.Int8 : ElementType.UInt8, shape, bytes);
    }

    private static void RefuseUnlessAllowed(in ProtobufReader reader, string name)
    {
        if (reader.Budget.Folder is null) throw reader.Fault($"tensor '{name}' keeps its elements in another file; external data is refused. Save the model as one file, or allow bytes of other files ({nameof(OnnxLimits)}.{nameof(OnnxLimits.ExternalBytes)})");
    }

    private static (string Key, string Value) ReadEntry(ProtobufReader reader)
    {
        string key = "", value = "";
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: key = reader.Text(); break;
                case 2: value = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }
        return (key, value);
    }

    private static ConstantTensor ReadExternal(in ProtobufReader reader, string name, ElementType type, TensorShape shape, List<(string, string)> entries)
    {
        ExternalPlace place = ExternalPlace.Of(reader, name, entries);
        byte[] bytes = reader.Budget.Folder!.Read(reader, name, place, BytesOf(reader, name, type, shape));
        if (type == ElementType.Bool) MakeTruthsOne(bytes);
        return new ConstantTensor(type, shape, bytes);
    }

    private static TensorShape ShapeOf(in ProtobufReader reader, string name, List<long> dimensions)
    {
        if (dimensions.Count > reader.Budget.Limits.Rank) throw reader.Fault($"tensor '{name}' has {dimensions.Count} dimensions; the limit is {reader.Budget.Limits.Rank}");
        Span<int> sizes = stackalloc int[dimensions.Count];
        long count = 1;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (dimensions[axis] is < 0 or > int.MaxValue) throw reader.Fault($"tensor '{name}' has dimension {dimensions[axis]}; expected 0 to {int.MaxValue}");
            count *= dimensions[axis];
            if (count > int.MaxValue) throw reader.Fault($"tensor '{name}' of dimensions [{string.Join(", ", dimensions)}] has more elements than the limit of {int.MaxValue}");
            sizes[axis] = (int)dimensions[axis];
        }
        return new TensorShape(sizes);
    }

    private static long BytesOf(in ProtobufReader reader, string name, ElementType type, TensorShape shape)
    {
        long needed = (long)shape.ElementCount * type.ByteSize();
        return needed <= Array.MaxLength ? needed : throw reader.Fault($"tensor '{name}' {shape} needs {needed} bytes; the limit is {Array.MaxLength}");
    }

    private static ConstantTensor ReadElements(ProtobufReader reader, string name, ElementType type, TensorShape shape, bool raw)
    {
        int count = shape.ElementCount;
        long needed = BytesOf(reader, name, type, shape);
        int list = raw ? RawBytes : ListOf(type);
        CheckPresent(reader, name, list, raw ? needed : count * (long)LeastBytes(list), shape);
        reader.Budget.TakeBytes(needed, reader.Offset);
        byte[] bytes = new byte[needed];
        int written = 0;
        while (reader.Next())
        {
            if (reader.Field != list) reader.Skip();
            else if (list == RawBytes) reader.Bytes().CopyTo(bytes);
            else written = AddList(ref reader, name, type, bytes, written);
        }
        if (list != RawBytes && written != bytes.Length) throw reader.Fault($"tensor '{name}' {shape} should have {count} elements, but has {written / type.ByteSize()}");
        if (type == ElementType.Bool) MakeTruthsOne(bytes);
        return new ConstantTensor(type, shape, bytes);
    }

    /// <summary>Refuses a tensor whose elements cannot all be in the file, before memory is taken for them.</summary>
    private static void CheckPresent(ProtobufReader reader, string name, int list, long least, TensorShape shape)
    {
        long present = 0;
        while (reader.Next())
        {
            if (reader.Field != list) reader.Skip();
            else if (list == RawBytes) present = reader.Bytes().Length;
            else if (reader.Kind == WireKind.Bytes) present += reader.Bytes().Length;
            else
            {
                reader.Skip();
                present += LeastBytes(list);
            }
        }
        bool fits = list == RawBytes ? present == least : present >= least;
        if (!fits) throw reader.Fault($"tensor '{name}' {shape} needs {least} bytes of elements, but {present} are there; the file is damaged");
    }

    private static int ListOf(ElementType type) => type switch
    {
        ElementType.Float32 => FloatList,
        ElementType.Int64 => Int64List,
        ElementType.Float64 => DoubleList,
        ElementType.UInt32 or ElementType.UInt64 => UInt64List,
        _ => Int32List,
    };

    private static int LeastBytes(int list) => list switch { FloatList => sizeof(float), DoubleList => sizeof(double), _ => 1 };

    private static int AddList(ref ProtobufReader reader, string name, ElementType type, byte[] bytes, int written)
    {
        int size = type.ByteSize();
        if (type is ElementType.Float32 or ElementType.Float64)
        {
            ReadOnlySpan<byte> part = reader.Kind == WireKind.Bytes ? reader.Bytes() : reader.Fixed();
            if (part.Length % size != 0 || part.Length > bytes.Length - written) throw TooMany(reader, name, type, bytes);
            part.CopyTo(bytes.AsSpan(written));
            return written + part.Length;
        }
        if (reader.Kind == WireKind.Varint) return AddOne(reader, name, type, bytes, written, (ulong)reader.Int());
        ProtobufReader packed = reader.Message();
        while (packed.NextPacked(out ulong value)) written = AddOne(reader, name, type, bytes, written, value);
        return written;
    }

    private static int AddOne(in ProtobufReader reader, string name, ElementType type, byte[] bytes, int written, ulong value)
    {
        int size = type.ByteSize();
        if (size > bytes.Length - written) throw TooMany(reader, name, type, bytes);
        Span<byte> at = bytes.AsSpan(written);
        switch (size)
        {
            case 1: at[0] = (byte)value; break;
            case 2: BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)value); break;
            case 4: BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)value); break;
            default: BinaryPrimitives.WriteUInt64LittleEndian(at, value); break;
        }
        return written + size;
    }

    private static OnnxFormatException TooMany(in ProtobufReader reader, string name, ElementType type, byte[] bytes)
        => reader.Fault($"tensor '{name}' should have {bytes.Length / type.ByteSize()} {type.DisplayName()} elements, but has more");

    private static void MakeTruthsOne(byte[] bytes)
    {
        for (int at = 0; at < bytes.Length; at++) bytes[at] = bytes[at] == 0 ? (byte)0 : (byte)1;
    }
}
