using System.Globalization;

namespace SeqStream.Ort;

/// <summary>One declared dimension of a model's input or output.</summary>
/// <param name="Value">The number of elements, or null where the model leaves it open.</param>
/// <param name="Symbol">The name of an open dimension; empty where it has a value or no name.</param>
public readonly record struct OrtDimension(long? Value, string Symbol)
{
    /// <summary>The number, the name, or <c>?</c>.</summary>
    public override string ToString() => Value?.ToString(CultureInfo.InvariantCulture) ?? (Symbol.Length > 0 ? Symbol : "?");
}
