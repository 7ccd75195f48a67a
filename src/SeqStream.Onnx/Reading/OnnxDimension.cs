using System.Globalization;

namespace SeqStream.Onnx.Reading;

/// <summary>One declared dimension of a value: a number, a symbol, or neither, which means unknown.</summary>
/// <param name="Number">The size; null where the model does not fix it.</param>
/// <param name="Symbol">The symbol's name; null where the dimension is a number or unknown.</param>
public readonly record struct OnnxDimension(long? Number, string? Symbol)
{
    /// <summary>True if the model fixes the size.</summary>
    public bool IsFixed => Number is not null;

    /// <summary><c>40</c>, <c>batch</c> or <c>?</c>.</summary>
    public override string ToString() => Number?.ToString(CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}
