namespace SeqStream.TestSupport;

/// <summary>A dimension of a graph input or output: a number, a symbolic name, or unknown (<c>null</c> or <see cref="Unknown"/>).</summary>
internal readonly record struct OnnxDimension(long? Value, string? Symbol)
{
    public static OnnxDimension Unknown => default;

    public static implicit operator OnnxDimension(long value) => new(value, null);

    public static implicit operator OnnxDimension(int value) => new(value, null);

    public static implicit operator OnnxDimension(string? symbol) => new(null, symbol);

    public ProtobufWriter Encode()
    {
        ProtobufWriter dimension = new();
        if (Value is long value) dimension.Int64(1, value);
        if (Symbol is not null) dimension.String(2, Symbol);
        return dimension;
    }
}
