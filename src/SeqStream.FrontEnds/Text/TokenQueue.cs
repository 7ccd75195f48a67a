using System.Text;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Text;

/// <summary>Tokens waiting for their step, as UTF-8 in one buffer that grows as needed and is reused. One thread at a time.</summary>
public sealed class TokenQueue
{
    private byte[] _bytes = new byte[256];
    private (int Start, int Length)[] _tokens = new (int, int)[16]; // [_head, _tail) are waiting
    private int _head;
    private int _tail;
    private int _open; // where the token being appended begins
    private int _used; // where the next byte goes

    /// <summary>Tokens waiting.</summary>
    public int Count => _tail - _head;

    /// <summary>The token waiting at <paramref name="index"/>, 0 the oldest; valid until the next change.</summary>
    public ReadOnlyMemory<byte> this[int index] => _bytes.AsMemory(_tokens[_head + index].Start, _tokens[_head + index].Length);

    /// <summary>Appends a code point to the token that <see cref="Close"/> will add.</summary>
    [HotPath]
    public void Append(Rune rune)
    {
        if (_used + 4 > _bytes.Length) Array.Resize(ref _bytes, _bytes.Length * 2);
        _used += rune.EncodeToUtf8(_bytes.AsSpan(_used));
    }

    /// <summary>Adds what was appended as a token; an empty one is left out.</summary>
    [HotPath]
    public void Close()
    {
        if (_used == _open) return;
        if (_tail == _tokens.Length) Array.Resize(ref _tokens, _tokens.Length * 2);
        _tokens[_tail++] = (_open, _used - _open);
        _open = _used;
    }

    /// <summary>Adds a whole token in UTF-8; an empty one is left out.</summary>
    [HotPath]
    public void Add(ReadOnlySpan<byte> token)
    {
        Append(token);
        Close();
    }

    /// <summary>Takes the oldest <paramref name="count"/> tokens away.</summary>
    [HotPath]
    public void Drop(int count)
    {
        _head += count;
        if (_head < _tokens.Length / 2 && _used < _bytes.Length / 2) return;
        Compact();
    }

    /// <summary>Takes everything away.</summary>
    public void Clear() => _head = _tail = _open = _used = 0;

    /// <summary>Writes the tokens that wait and the one being appended.</summary>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Count);
        for (int i = 0; i < Count; i++) writer.Write(this[i].Span);
        writer.Write(_bytes.AsSpan(_open, _used - _open));
    }

    /// <summary>Replaces the tokens by those that <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateSnapshotException">The bytes end early.</exception>
    public void Restore(ref StateReader reader)
    {
        Clear();
        int count = reader.ReadInt(0, reader.Left / sizeof(int));
        for (int i = 0; i < count; i++)
        {
            Append(reader.ReadBytes());
            Close();
        }
        Append(reader.ReadBytes());
    }

    private void Append(ReadOnlySpan<byte> utf8)
    {
        if (_used + utf8.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + utf8.Length));
        utf8.CopyTo(_bytes.AsSpan(_used));
        _used += utf8.Length;
    }

    private void Compact()
    {
        int from = _head == _tail ? _open : _tokens[_head].Start;
        _bytes.AsSpan(from, _used - from).CopyTo(_bytes);
        for (int i = _head; i < _tail; i++) _tokens[i - _head] = (_tokens[i].Start - from, _tokens[i].Length);
        _open -= from;
        _used -= from;
        _tail -= _head;
        _head = 0;
    }
}
