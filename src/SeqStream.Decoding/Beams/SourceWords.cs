using SeqStream.State;

namespace SeqStream.Decoding.Beams;

/// <summary>The words of a sentence that is being translated, in UTF-8.</summary>
/// <param name="most">Most words.</param>
internal sealed class SourceWords(int most)
{
    private readonly int[] _ends = new int[most];
    private byte[] _bytes = new byte[256];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int place] => place < Count ? _bytes.AsSpan(StartOf(place).._ends[place]) : default;

    public void Clear() => Count = 0;

    /// <summary>Adds a word; one too many is left out.</summary>
    public void Add(ReadOnlySpan<byte> word)
    {
        if (Count == _ends.Length) return;
        int start = StartOf(Count);
        if (start + word.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, start + word.Length));
        word.CopyTo(_bytes.AsSpan(start));
        _ends[Count++] = start + word.Length;
    }

    public void Save(StateWriter writer)
    {
        writer.Write(Count);
        for (int place = 0; place < Count; place++) writer.Write(this[place]);
    }

    public void Restore(ref StateReader reader)
    {
        Clear();
        for (int left = reader.ReadInt(0, _ends.Length); left > 0; left--) Add(reader.ReadBytes());
    }

    private int StartOf(int place) => place == 0 ? 0 : _ends[place - 1];
}
