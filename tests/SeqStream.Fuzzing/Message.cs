namespace SeqStream.Fuzzing;

/// <summary>A protobuf message taken apart into fields, so that it can be changed and put together again with lengths that fit.</summary>
internal sealed class Message(MessageKind kind)
{
    public MessageKind Kind => kind;

    public List<Field> Fields { get; } = [];

    /// <summary>Takes a message apart; null if the bytes are no message of this kind.</summary>
    public static Message? Parse(MessageKind kind, ReadOnlySpan<byte> bytes)
    {
        Message message = new(kind);
        int at = 0;
        while (at < bytes.Length)
        {
            if (!TryVarint(bytes, ref at, out ulong tag)) return null;
            Field field = new() { Number = (int)(tag >> 3) & 0xFFFFFFF, Wire = (int)(tag & 7) };
            switch (field.Wire)
            {
                case 0:
                    if (!TryVarint(bytes, ref at, out ulong value)) return null;
                    field.Value = value;
                    break;
                case 1 or 5:
                    int size = field.Wire == 1 ? 8 : 4;
                    if (size > bytes.Length - at) return null;
                    field.Bytes = bytes.Slice(at, size).ToArray();
                    at += size;
                    break;
                case 2:
                    if (!TryVarint(bytes, ref at, out ulong length) || length > (ulong)(bytes.Length - at)) return null;
                    ReadOnlySpan<byte> content = bytes.Slice(at, (int)length);
                    at += (int)length;
                    MessageKind child = ChildOf(kind, field.Number);
                    field.Child = child == MessageKind.Leaf ? null : Parse(child, content);
                    if (field.Child is null) field.Bytes = content.ToArray();
                    break;
                default: return null;
            }
            message.Fields.Add(field);
        }
        return message;
    }

    /// <summary>The message's bytes.</summary>
    public void WriteTo(List<byte> target)
    {
        foreach (Field field in Fields)
        {
            WriteVarint(target, ((ulong)field.Number << 3) | (uint)field.Wire);
            if (field.Wire == 0)
            {
                WriteVarint(target, field.Value);
                continue;
            }
            byte[] content = field.Bytes;
            if (field.Child is not null)
            {
                List<byte> inner = [];
                field.Child.WriteTo(inner);
                content = [.. inner];
            }
            if (field.Wire == 2) WriteVarint(target, (ulong)(content.Length + field.LengthLie));
            target.AddRange(content);
        }
    }

    public Message Clone()
    {
        Message copy = new(kind);
        foreach (Field field in Fields) copy.Fields.Add(field.Clone());
        return copy;
    }

    /// <summary>This message and all inside it.</summary>
    public void Collect(List<Message> messages)
    {
        messages.Add(this);
        foreach (Field field in Fields) field.Child?.Collect(messages);
    }

    private static MessageKind ChildOf(MessageKind kind, int field) => (kind, field) switch
    {
        (MessageKind.Model, 7) => MessageKind.Graph,
        (MessageKind.Model, 8) => MessageKind.Opset,
        (MessageKind.Model, 14) => MessageKind.Entry,
        (MessageKind.Model, 25) => MessageKind.Function,
        (MessageKind.Graph, 1) => MessageKind.Node,
        (MessageKind.Graph, 5) => MessageKind.Tensor,
        (MessageKind.Graph, 11 or 12 or 13) => MessageKind.Value,
        (MessageKind.Graph, 15) => MessageKind.SparseTensor,
        (MessageKind.Node, 5) => MessageKind.Attribute,
        (MessageKind.Attribute, 5 or 10) => MessageKind.Tensor,
        (MessageKind.Attribute, 6 or 11) => MessageKind.Graph,
        (MessageKind.Tensor, 13) => MessageKind.Entry,
        (MessageKind.SparseTensor, 1 or 2) => MessageKind.Tensor,
        (MessageKind.Value, 2) => MessageKind.Type,
        (MessageKind.Type, 1) => MessageKind.TensorType,
        (MessageKind.Type, 4 or 9) => MessageKind.TensorType,
        (MessageKind.TensorType, 2) => MessageKind.Shape,
        (MessageKind.Shape, 1) => MessageKind.Dimension,
        (MessageKind.Function, 7) => MessageKind.Node,
        _ => MessageKind.Leaf,
    };

    private static bool TryVarint(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 70 && at < bytes.Length; shift += 7)
        {
            byte part = bytes[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return true;
        }
        return false;
    }

    private static void WriteVarint(List<byte> target, ulong value)
    {
        for (; value >= 0x80; value >>= 7) target.Add((byte)(value | 0x80));
        target.Add((byte)value);
    }
}
