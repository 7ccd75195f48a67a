namespace SeqStream.Onnx.Reading;

/// <summary>What an attribute holds. The numbers are those of ONNX <c>AttributeProto.AttributeType</c>.</summary>
public enum OnnxAttributeKind
{
    /// <summary>A kind that SeqStream has no use for.</summary>
    Other = 0,
    /// <summary>One number.</summary>
    Float = 1,
    /// <summary>One integer.</summary>
    Int = 2,
    /// <summary>One text.</summary>
    Text = 3,
    /// <summary>One tensor.</summary>
    Tensor = 4,
    /// <summary>One nested graph.</summary>
    Graph = 5,
    /// <summary>Numbers.</summary>
    Floats = 6,
    /// <summary>Integers.</summary>
    Ints = 7,
    /// <summary>Texts.</summary>
    Texts = 8,
}
