namespace SeqStream.Feeds.Reading;

/// <summary>Walks the fields of one CSV row. A quoted field may hold the delimiter; two quotes inside it stand for one. A row does not go over a line's end.</summary>
internal ref struct CsvRow(ReadOnlySpan<byte> row, byte delimiter, byte[] scratch)
{
    private ReadOnlySpan<byte> _rest = row;
    private bool _isFinished;

    /// <summary>The field read last, without quotes and outer blanks.</summary>
    public ReadOnlySpan<byte> Field { get; private set; }

    /// <summary>True if a quoted field was not closed or text followed its closing quote.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Reads the next field; false at the end of the row.</summary>
    public bool TryNext()
    {
        if (_isFinished || IsBroken) return false;
        _rest = _rest.TrimStart(" "u8);
        return _rest.Length > 0 && _rest[0] == '"' ? TakeQuoted() : TakePlain();
    }

    private bool TakePlain()
    {
        int end = _rest.IndexOf(delimiter);
        Field = (end < 0 ? _rest : _rest[..end]).TrimEnd(" "u8);
        Advance(end);
        return true;
    }

    private bool TakeQuoted()
    {
        int length = 0;
        int at = 1;
        while (true)
        {
            int quote = _rest[at..].IndexOf((byte)'"');
            if (quote < 0) return Break();
            _rest.Slice(at, quote).CopyTo(scratch.AsSpan(length));
            length += quote;
            at += quote + 1;
            if (at >= _rest.Length || _rest[at] != '"') break;
            scratch[length++] = (byte)'"';
            at++;
        }
        Field = scratch.AsSpan(0, length);
        _rest = _rest[at..].TrimStart(" "u8);
        if (_rest.Length > 0 && _rest[0] != delimiter) return Break();
        Advance(_rest.Length > 0 ? 0 : -1);
        return true;
    }

    private void Advance(int delimiterAt)
    {
        _isFinished = delimiterAt < 0;
        if (!_isFinished) _rest = _rest[(delimiterAt + 1)..];
    }

    private bool Break()
    {
        IsBroken = true;
        return false;
    }
}
