namespace SeqStream.Audio.Commands;

/// <summary>Reads what a command says on its standard error, so that it never blocks there, and keeps the end of it.</summary>
internal sealed class LastWords
{
    private const int Kept = 1024;
    private readonly Lock _gate = new();
    private readonly char[] _kept = new char[Kept];
    private int _length;

    /// <summary>Completes when the command has closed its standard error.</summary>
    public async Task ListenAsync(TextReader reader)
    {
        char[] piece = new char[256];
        try
        {
            for (int count; (count = await reader.ReadAsync(piece.AsMemory()).ConfigureAwait(false)) > 0;) Keep(piece.AsSpan(0, count));
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException)
        {
            // The process was killed while it spoke.
        }
    }

    /// <summary>The last lines, joined by " / ".</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            IEnumerable<string> lines = new string(_kept, 0, _length).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(3);
            return string.Join(" / ", lines);
        }
    }

    private void Keep(ReadOnlySpan<char> text)
    {
        lock (_gate)
        {
            if (text.Length > Kept) text = text[^Kept..];
            int spent = Math.Max(_length + text.Length - Kept, 0);
            _kept.AsSpan(spent, _length - spent).CopyTo(_kept);
            _length -= spent;
            text.CopyTo(_kept.AsSpan(_length));
            _length += text.Length;
        }
    }
}
