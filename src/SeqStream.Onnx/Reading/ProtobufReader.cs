using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace SeqStream.Onnx.Reading;

/// <summary>
/// Walks the fields of one protobuf message in memory. It never reads beyond the message, never recurses and takes no memory but for texts.
/// Every fault is an <see cref="OnnxFormatException"/> with the byte's offset in the file.
/// </summary>
internal ref struct ProtobufReader
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A growing list is twice as large as its elements at worst, and is copied at its end.</summary>
    private const int CopiesOfList = 3;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _base;
    private int _position;
    private int _fieldStart;

    /// <summary>Walks a whole file.</summary>
    public ProtobufReader(ReadOnlySpan<byte> bytes, ReadingBudget budget) : this(bytes, 0, budget)
    {
    }

    private ProtobufReader(ReadOnlySpan<byte> bytes, int offset, ReadingBudget budget)
    {
        _bytes = bytes;
        _base = offset;
        Budget = budget;
    }

    /// <summary>What the file may still cost.</summary>
    public ReadingBudget Budget { get; }

    /// <summary>The current field's number.</summary>
    public int Field { get; private set; }

    /// <summary>How the current field is written.</summary>
    public WireKind Kind { get; private set; }

    /// <summary>Offset in the file of the current field's first byte.</summary>
    public readonly long Offset => _base + _fieldStart;

    /// <summary>Moves to the next field; false at the end of the message. The field must then be read or skipped.</summary>
    public bool Next()
    {
        if (_position == _bytes.Length) return false;
        _fieldStart = _position;
        Budget.TakeField(Offset);
        ulong tag = RawVarint();
        Field = (int)Math.Min(tag >> 3, int.MaxValue);
        Kind = (WireKind)(tag & 7);
        if (Field == 0 || Field > 536_870_911) throw Fault($"field number {tag >> 3} is not one of protobuf's; this is not an ONNX file, or it is damaged");
        if (Kind is not (WireKind.Varint or WireKind.Fixed64 or WireKind.Bytes or WireKind.Fixed32)) throw Fault($"field {Field} has wire type {(int)Kind}, which ONNX files do not use; the file is damaged");
        return true;
    }

    /// <summary>Passes over the current field.</summary>
    public void Skip()
    {
        switch (Kind)
        {
            case WireKind.Varint: RawVarint(); break;
            case WireKind.Fixed64: Take(8); break;
            case WireKind.Fixed32: Take(4); break;
            default: RawBytes(); break;
        }
    }

    /// <summary>The current field as an integer.</summary>
    public long Int()
    {
        Expect(WireKind.Varint);
        return (long)RawVarint();
    }

    /// <summary>The current field as a float32.</summary>
    public float Float()
    {
        Expect(WireKind.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    /// <summary>The bytes of the current field, a number of fixed size.</summary>
    public ReadOnlySpan<byte> Fixed()
    {
        if (Kind is not (WireKind.Fixed32 or WireKind.Fixed64)) Expect(WireKind.Fixed32);
        return Take(Kind == WireKind.Fixed32 ? 4 : 8);
    }

    /// <summary>The current field's bytes.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        Expect(WireKind.Bytes);
        return RawBytes();
    }

    /// <summary>The current field as a nested message.</summary>
    public ProtobufReader Message()
    {
        Expect(WireKind.Bytes);
        ReadOnlySpan<byte> bytes = RawBytes();
        return new ProtobufReader(bytes, _base + _position - bytes.Length, Budget);
    }

    /// <summary>The current field as a name: valid UTF-8 of bounded length.</summary>
    public string Text()
    {
        ReadOnlySpan<byte> bytes = Bytes();
        Budget.TakeItem(Offset);
        if (bytes.Length > Budget.Limits.NameBytes) throw Fault($"field {Field} is a name of {bytes.Length} bytes; the limit is {Budget.Limits.NameBytes}");
        Budget.TakeBytes(sizeof(char) * bytes.Length, Offset);
        try
        {
            return s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Fault($"field {Field} should be a text, but its {bytes.Length} bytes are no UTF-8");
        }
    }

    /// <summary>The current field's bytes as text; bytes that are no UTF-8 become replacement characters.</summary>
    public string LooseText()
    {
        ReadOnlySpan<byte> bytes = Bytes();
        Budget.TakeItem(Offset);
        Budget.TakeBytes((long)sizeof(char) * bytes.Length, Offset);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The current field as a name for people: of bounded length; bytes that are no UTF-8 become replacement characters.</summary>
    public string LooseName()
    {
        string text = LooseText();
        return text.Length <= Budget.Limits.NameBytes ? text : throw Fault($"field {Field} is a name of {text.Length} letters; the limit is {Budget.Limits.NameBytes}");
    }

    /// <summary>Adds the current field, one integer or a packed list of them, to <paramref name="list"/>.</summary>
    public void Ints(ref List<long>? list)
    {
        if (Kind == WireKind.Varint)
        {
            Budget.TakeBytes(CopiesOfList * sizeof(long), Offset);
            (list ??= []).Add(Int());
            return;
        }
        ProtobufReader packed = Message();
        int count = 0;
        foreach (byte part in packed._bytes) count += part < 0x80 ? 1 : 0;
        Budget.TakeBytes((long)count * CopiesOfList * sizeof(long), Offset);
        (list ??= []).EnsureCapacity(list.Count + count);
        while (packed.NextPacked(out ulong value)) list.Add((long)value);
    }

    /// <summary>Adds the current field, one float32 or a packed list of them, to <paramref name="list"/>.</summary>
    public void Floats(ref List<float>? list)
    {
        if (Kind == WireKind.Fixed32)
        {
            Budget.TakeBytes(CopiesOfList * sizeof(float), Offset);
            (list ??= []).Add(Float());
            return;
        }
        ReadOnlySpan<byte> bytes = Bytes();
        if (bytes.Length % sizeof(float) != 0) throw Fault($"field {Field} should be a list of float32, but has {bytes.Length} bytes");
        Budget.TakeBytes((long)CopiesOfList * bytes.Length, Offset);
        (list ??= []).EnsureCapacity(list.Count + bytes.Length / sizeof(float));
        for (int at = 0; at < bytes.Length; at += sizeof(float)) list.Add(BinaryPrimitives.ReadSingleLittleEndian(bytes[at..]));
    }

    /// <summary>A fault at the current field.</summary>
    public readonly OnnxFormatException Fault(string reason) => new(Budget.File, Offset, reason + ".");

    /// <summary>The next varint of a message that is nothing but varints: a packed list.</summary>
    public bool NextPacked(out ulong value)
    {
        value = 0;
        if (_position == _bytes.Length) return false;
        value = RawVarint();
        return true;
    }

    private readonly void Expect(WireKind kind)
    {
        if (Kind != kind) throw Fault($"field {Field} has wire type {(int)Kind}, expected {(int)kind}; the file is damaged or not ONNX");
    }

    private ReadOnlySpan<byte> RawBytes()
    {
        ulong length = RawVarint();
        if (length > (ulong)(_bytes.Length - _position))
        {
            throw Fault(string.Create(CultureInfo.InvariantCulture, $"field {Field} claims {length} bytes, but {_bytes.Length - _position} are left; the file is cut short or damaged"));
        }
        return Take((int)length);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _position) throw Fault($"field {Field} needs {count} bytes, but {_bytes.Length - _position} are left; the file is cut short or damaged");
        ReadOnlySpan<byte> taken = _bytes.Slice(_position, count);
        _position += count;
        return taken;
    }

    private ulong RawVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_position == _bytes.Length) throw Fault("a number is cut off; the file is cut short or damaged");
            byte part = _bytes[_position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        throw Fault("a number has more than 10 bytes; the file is damaged or not ONNX");
    }
}
