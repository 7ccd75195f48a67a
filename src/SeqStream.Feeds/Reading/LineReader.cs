namespace SeqStream.Feeds.Reading;

/// <summary>
/// Cuts a stream of bytes into lines. A line ends with LF or CRLF, the last one also with the end of the source; a UTF-8 byte order mark is skipped.
/// Reads into one buffer that grows to the longest line and no further than the limit. Use: <see cref="TryTake"/> until it answers false, then <see cref="FillAsync"/>.
/// </summary>
internal sealed class LineReader(Stream input, int maxLineBytes)
{
    private const int InitialBytes = 1 << 16;
    private byte[] _buffer = new byte[Math.Min(InitialBytes, maxLineBytes)];
    private int _start;      // first byte not taken yet
    private int _searched;   // no line feed in [_start, _searched)
    private int _end;        // first byte not read yet
    private int _lineStart;
    private int _lineLength;
    private bool _isEnded;
    private bool _isFirst = true;
    private bool _isSkipping;

    /// <summary>Number of the line taken last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>True if the line taken last exceeded the limit; its bytes are gone.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>The line taken last, without its end. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_lineStart, _lineLength);

    /// <summary>Takes the next line that is already in the buffer.</summary>
    [HotPath]
    public bool TryTake()
    {
        int found = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
        if (found >= 0) return Take(_searched + found, next: _searched + found + 1);
        _searched = _end;
        return _isEnded && (_start < _end || _isSkipping) && Take(_end, next: _end);
    }

    /// <summary>Reads more bytes. False at the end of the source, after which <see cref="TryTake"/> gives the unfinished last line if there is one.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (_isEnded) return false;
        MakeRoom();
        int count = await input.ReadAsync(_buffer.AsMemory(_end), cancellation).ConfigureAwait(false);
        _end += count;
        _isEnded = count == 0;
        return !_isEnded;
    }

    private bool Take(int lineEnd, int next)
    {
        Number++;
        _lineStart = _start;
        if (_isFirst && _buffer.AsSpan(_start, lineEnd - _start).StartsWith("\uFEFF"u8)) _lineStart += 3;
        _isFirst = false;
        if (lineEnd > _lineStart && _buffer[lineEnd - 1] == '\r') lineEnd--;
        IsTooLong = _isSkipping;
        _isSkipping = false;
        _lineLength = IsTooLong ? 0 : lineEnd - _lineStart;
        _start = _searched = next;
        return true;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _searched -= _start;
            _start = 0;
        }
        if (_end < _buffer.Length) return;
        if (_buffer.Length < maxLineBytes)
        {
            Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, maxLineBytes));
            return;
        }
        _isSkipping = true;
        _end = _searched = 0;
    }
}
