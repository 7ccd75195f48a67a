using System.Globalization;

namespace SeqStream.Feeds.Writing;

/// <summary>Bytes of records on their way out. Grows to the largest batch and is reused.</summary>
internal sealed class RecordBuffer
{
    private const int LongestNumber = 32;
    private byte[] _bytes = new byte[1 << 12];

    /// <summary>Bytes written since the last <see cref="Clear"/>.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Empties the buffer and keeps its room.</summary>
    public void Clear() => Length = 0;

    /// <summary>Appends bytes as they are.</summary>
    [HotPath]
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    [HotPath]
    public void Append(byte value)
    {
        Room(1)[0] = value;
        Length++;
    }

    /// <summary>Appends text as UTF-8.</summary>
    [HotPath]
    public void Append(string text) => Length += System.Text.Encoding.UTF8.GetBytes(text, Room(text.Length * 3));

    /// <summary>Appends a whole number.</summary>
    [HotPath]
    public void Append(long number)
    {
        number.TryFormat(Room(LongestNumber), out int written, default, CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>Appends the shortest decimal that reads back as the same number, as float32 or float64.</summary>
    [HotPath]
    public void Append(double number, bool isSingle)
    {
        int written;
        if (isSingle) ((float)number).TryFormat(Room(LongestNumber), out written, default, CultureInfo.InvariantCulture);
        else number.TryFormat(Room(LongestNumber), out written, default, CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>Appends a number as JSON, which has no NaN and no infinity: those become null.</summary>
    [HotPath]
    public void AppendJson(double number, bool isSingle)
    {
        if (double.IsFinite(number)) Append(number, isSingle);
        else Append("null"u8);
    }

    /// <summary>Appends UTF-8 text as a JSON string.</summary>
    [HotPath]
    public void AppendJson(ReadOnlySpan<byte> utf8)
    {
        Append((byte)'"');
        while (!utf8.IsEmpty)
        {
            int plain = PlainLength(utf8);
            Append(utf8[..plain]);
            if (plain == utf8.Length) break;
            AppendEscaped(utf8[plain]);
            utf8 = utf8[(plain + 1)..];
        }
        Append((byte)'"');
    }

    /// <summary>Appends text as a JSON string.</summary>
    [HotPath]
    public void AppendJson(string text)
    {
        Span<byte> utf8 = stackalloc byte[256];
        if (text.Length * 3 <= utf8.Length) AppendJson(utf8[..System.Text.Encoding.UTF8.GetBytes(text, utf8)]);
        else AppendJson(System.Text.Encoding.UTF8.GetBytes(text));
    }

    private static int PlainLength(ReadOnlySpan<byte> utf8)
    {
        for (int i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] is < 0x20 or (byte)'"' or (byte)'\\') return i;
        }
        return utf8.Length;
    }

    private void AppendEscaped(byte value)
    {
        switch (value)
        {
            case (byte)'"': Append("\\\""u8); break;
            case (byte)'\\': Append("\\\\"u8); break;
            case (byte)'\n': Append("\\n"u8); break;
            case (byte)'\t': Append("\\t"u8); break;
            default:
                Append("\\u00"u8);
                Append((byte)('0' + (value >> 4)));
                Append("0123456789abcdef"u8[value & 15]);
                break;
        }
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        return _bytes.AsSpan(Length);
    }
}
