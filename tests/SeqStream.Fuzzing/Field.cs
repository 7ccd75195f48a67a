namespace SeqStream.Fuzzing;

/// <summary>One field of a message: a varint, bytes, or a message.</summary>
internal sealed class Field
{
    public int Number { get; set; }

    public int Wire { get; set; }

    public ulong Value { get; set; }

    public byte[] Bytes { get; set; } = [];

    public Message? Child { get; set; }

    /// <summary>What the written length differs from the true one.</summary>
    public int LengthLie { get; set; }

    public Field Clone() => new() { Number = Number, Wire = Wire, Value = Value, Bytes = [.. Bytes], Child = Child?.Clone(), LengthLie = LengthLie };
}
