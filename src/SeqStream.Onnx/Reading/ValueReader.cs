using System.Collections.Immutable;
using SeqStream.Plan;

namespace SeqStream.Onnx.Reading;

/// <summary>Reads ONNX <c>ValueInfoProto</c> messages.</summary>
internal static class ValueReader
{
    /// <summary>Reads a declared value.</summary>
    public static OnnxValue Read(ProtobufReader reader)
    {
        reader.Budget.TakeItem(reader.Offset, weight: 3);
        OnnxValue value = new("", ElementType.None, "of no type", default);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: value = value with { Name = reader.Text() }; break;
                case 2: value = ReadType(reader.Message(), value); break;
                default: reader.Skip(); break;
            }
        }
        if (value.Name.Length == 0) throw reader.Fault("an input or output has no name");
        return value;
    }

    private static OnnxValue ReadType(ProtobufReader reader, OnnxValue value)
    {
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: value = ReadTensorType(reader.Message(), value); break;
                case 4: value = value with { TypeName = "sequence" }; reader.Skip(); break;
                case 5: value = value with { TypeName = "map" }; reader.Skip(); break;
                case 8: value = value with { TypeName = "sparse tensor" }; reader.Skip(); break;
                case 9: value = value with { TypeName = "optional" }; reader.Skip(); break;
                default: reader.Skip(); break;
            }
        }
        return value;
    }

    private static OnnxValue ReadTensorType(ProtobufReader reader, OnnxValue value)
    {
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    long number = reader.Int();
                    value = value with { Type = TensorReader.TypeOf(number), TypeName = TensorReader.TypeName(number) };
                    break;
                case 2: value = value with { Dimensions = ReadShape(reader.Message()) }; break;
                default: reader.Skip(); break;
            }
        }
        return value;
    }

    private static ImmutableArray<OnnxDimension> ReadShape(ProtobufReader reader)
    {
        ImmutableArray<OnnxDimension>.Builder dimensions = ImmutableArray.CreateBuilder<OnnxDimension>();
        while (reader.Next())
        {
            if (reader.Field != 1)
            {
                reader.Skip();
                continue;
            }
            if (dimensions.Count == reader.Budget.Limits.Rank) throw reader.Fault($"a value has more than {reader.Budget.Limits.Rank} dimensions, which is the limit");
            dimensions.Add(ReadDimension(reader.Message()));
        }
        return dimensions.ToImmutable();
    }

    private static OnnxDimension ReadDimension(ProtobufReader reader)
    {
        long? number = null;
        string? symbol = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: number = reader.Int(); break;
                case 2: symbol = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }
        if (number > int.MaxValue) throw reader.Fault($"a dimension is {number}; the limit is {int.MaxValue}");
        if (number < 0) number = null;
        return new OnnxDimension(number, number is null && symbol is { Length: > 0 } ? symbol : null);
    }
}
