namespace SeqStream.Fuzzing;

/// <summary>The messages of an ONNX file that the fuzzer takes apart; all others are bytes to it.</summary>
internal enum MessageKind
{
    Leaf,
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    SparseTensor,
    Value,
    Type,
    TensorType,
    Shape,
    Dimension,
    Entry,
    Opset,
    Function,
}
