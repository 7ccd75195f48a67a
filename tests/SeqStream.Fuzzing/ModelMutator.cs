using System.Text;
using SeqStream.Onnx.Lowering;

namespace SeqStream.Fuzzing;

/// <summary>Changes models: their fields, knowing what they mean, and now and then their plain bytes.</summary>
internal sealed class ModelMutator(Random random, Corpus corpus)
{
    private static readonly ulong[] s_numbers =
        [0, 1, 2, 3, 4, 5, 7, 8, 10, 11, 13, 16, 17, 63, 64, 127, 128, 255, 256, 1000, 65535, 65536, 1 << 20, int.MaxValue, 1UL << 31, uint.MaxValue, 1UL << 40, long.MaxValue, 1UL << 63, ulong.MaxValue, ulong.MaxValue - 1, ulong.MaxValue - 5];

    private static readonly string[] s_texts = ["", "x", "y", "0", "-1", "batch", "time", "seq", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", "bidirectional", "reverse", "forward", "constant", "reflect", "edge", "wrap", "linear", "../x", "\0", "a\nb", "\u202Eabc", "\U0001F600", new string('n', 300)];

    private static readonly string[] s_operators = [.. OperatorRules.All.Keys.Order(StringComparer.Ordinal), "RNN", "GRU", "LSTM", "If", "Loop", "Scan"];

    /// <summary>A changed copy of a model.</summary>
    public byte[] Mutate(byte[] model)
    {
        byte[] bytes = model;
        if (random.Next(10) > 0 && Message.Parse(MessageKind.Model, model) is { } tree)
        {
            for (int count = Count(); count > 0; count--) Change(tree);
            List<byte> written = [];
            tree.WriteTo(written);
            bytes = [.. written];
        }
        if (bytes == model || random.Next(12) == 0) bytes = ChangeBytes(bytes);
        return bytes.Length <= Corpus.MostBytes ? bytes : bytes[..Corpus.MostBytes];
    }

    private int Count() => 1 + (random.Next(2) == 0 ? 0 : random.Next(2) == 0 ? random.Next(4) : random.Next(12));

    private void Change(Message tree)
    {
        List<Message> messages = [];
        tree.Collect(messages);
        Message message = messages[random.Next(messages.Count)];
        // Half of all changes go to nodes, attributes and what they say about shapes.
        if (random.Next(2) == 0) message = Pick(messages, random.Next(5) switch { 0 => MessageKind.Node, 1 => MessageKind.Attribute, 2 => MessageKind.Dimension, 3 => MessageKind.Tensor, _ => MessageKind.Graph }) ?? message;
        List<Field> fields = message.Fields;
        if (fields.Count == 0)
        {
            fields.Add(new Field { Number = random.Next(1, 30), Value = Number() });
            return;
        }
        int at = random.Next(fields.Count);
        Field field = fields[at];
        switch (random.Next(14))
        {
            case 0: fields.RemoveAt(at); break;
            case 1: fields.Insert(random.Next(fields.Count + 1), field.Clone()); break;
            case 2: (fields[at], fields[^1]) = (fields[^1], fields[at]); break;
            case 3: field.Number = random.Next(4) == 0 ? random.Next(1, 30) : fields[random.Next(fields.Count)].Number; break;
            case 4: Graft(message, messages); break;
            case 5 when message.Kind == MessageKind.Attribute: ChangeKind(message); break;
            case 6 when random.Next(8) == 0: field.LengthLie = random.Next(-3, 4); break;
            case 7: Rewire(messages); break;
            case 8: SetOperator(messages); break;
            default: ChangeField(field); break;
        }
    }

    private void ChangeField(Field field)
    {
        if (field.Wire == 0)
        {
            field.Value = random.Next(3) switch { 0 => Number(), 1 => field.Value + 1, _ => field.Value - 1 };
        }
        else if (field.Child is not null)
        {
            if (random.Next(2) == 0) field.Child.Fields.Clear();
            else field.Child = corpus.Donor(random, field.Child.Kind)?.Clone() ?? field.Child;
        }
        else if (random.Next(2) == 0 && field.Bytes.Length <= 64)
        {
            field.Bytes = Encoding.UTF8.GetBytes(s_texts[random.Next(s_texts.Length)]);
        }
        else if (field.Bytes.Length > 0)
        {
            ChangeElements(field.Bytes);
            if (random.Next(4) == 0) field.Bytes = field.Bytes[..random.Next(field.Bytes.Length)];
        }
    }

    private void ChangeElements(byte[] bytes)
    {
        int at = random.Next(bytes.Length);
        switch (random.Next(4))
        {
            case 0: bytes[at] = (byte)random.Next(256); break;
            case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 2: bytes.AsSpan(at, Math.Min(4, bytes.Length - at)).Fill(random.Next(2) == 0 ? (byte)0xFF : (byte)0); break;
            default:
                byte[] number = BitConverter.GetBytes(Number());
                number.AsSpan(0, Math.Min(8, bytes.Length - (at & ~7))).CopyTo(bytes.AsSpan(at & ~7));
                break;
        }
    }

    /// <summary>Puts a part of another model here: a node, a stored tensor, an attribute, a whole graph.</summary>
    private void Graft(Message message, List<Message> messages)
    {
        Field[] places = [.. message.Fields.Where(static field => field.Child is not null)];
        if (places.Length == 0)
        {
            message = Pick(messages, MessageKind.Graph) ?? message;
            places = [.. message.Fields.Where(static field => field.Child is not null)];
            if (places.Length == 0) return;
        }
        Field place = places[random.Next(places.Length)];
        if (corpus.Donor(random, place.Child!.Kind)?.Clone() is not { } donor) return;
        if (random.Next(2) == 0) place.Child = donor;
        else message.Fields.Insert(random.Next(message.Fields.Count + 1), new Field { Number = place.Number, Wire = 2, Child = donor });
    }

    /// <summary>Says that an attribute is of another kind, with or without a value of that kind.</summary>
    private void ChangeKind(Message attribute)
    {
        if (attribute.Fields.FirstOrDefault(static field => field.Number == 20) is { } kind) kind.Value = (ulong)random.Next(0, 16);
        if (random.Next(2) == 0) attribute.Fields.Add(new Field { Number = 8, Value = Number() });
        else attribute.Fields.Add(new Field { Number = 3, Value = Number() });
    }

    /// <summary>Lets a node read or make another value.</summary>
    private void Rewire(List<Message> messages)
    {
        if (Pick(messages, MessageKind.Node) is not { } to || Pick(messages, MessageKind.Node) is not { } from) return;
        Field[] names = [.. from.Fields.Where(static field => field.Number is 1 or 2 && field.Child is null)], places = [.. to.Fields.Where(static field => field.Number is 1 or 2 && field.Child is null)];
        if (names.Length > 0 && places.Length > 0) places[random.Next(places.Length)].Bytes = names[random.Next(names.Length)].Bytes;
    }

    private void SetOperator(List<Message> messages)
    {
        if (Pick(messages, MessageKind.Node)?.Fields.Find(static field => field.Number == 4 && field.Child is null) is not { } name) return;
        string @operator = s_operators[random.Next(s_operators.Length)];
        name.Bytes = Encoding.UTF8.GetBytes(@operator[(@operator.IndexOf(':', StringComparison.Ordinal) + 1)..]);
    }

    private Message? Pick(List<Message> messages, MessageKind kind)
    {
        int start = random.Next(messages.Count);
        for (int at = 0; at < messages.Count; at++)
        {
            Message message = messages[(start + at) % messages.Count];
            if (message.Kind == kind) return message;
        }
        return null;
    }

    private byte[] ChangeBytes(byte[] model)
    {
        if (model.Length == 0) return [0x3A, 0x00];
        List<byte> bytes = [.. model];
        for (int count = Count(); count > 0 && bytes.Count > 0; count--)
        {
            int at = random.Next(bytes.Count), length = Math.Min(random.Next(1, 64), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                default: bytes.Insert(at, (byte)random.Next(256)); break;
            }
        }
        return [.. bytes];
    }

    private ulong Number() => random.Next(4) == 0 ? (ulong)random.NextInt64() >> random.Next(64) : s_numbers[random.Next(s_numbers.Length)];
}
