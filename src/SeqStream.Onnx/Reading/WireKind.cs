namespace SeqStream.Onnx.Reading;

/// <summary>How a protobuf field is written. The numbers are those of the format.</summary>
internal enum WireKind
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
