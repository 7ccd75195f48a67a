using System.Runtime.InteropServices;
using System.Text;

namespace SeqStream.Contracts;

/// <summary>
/// Names of streams and their ids. A name costs about 30 bytes, kept as UTF-8 in shared blocks. Looking up a known name and reading a name
/// take no lock and allocate nothing; adding one takes a lock. Any thread may call any member.
/// </summary>
public sealed class StreamDirectory
{
    private const int BlockBytes = 1 << 16;
    private const int EntriesPerPage = 1 << 12;
    private readonly Lock _adding = new();
    private volatile Table _table = new(64);
    private volatile Page[] _pages = [];
    private volatile int _count;
    private byte[] _block = [];
    private int _blockUsed;

    /// <summary>Longest name in UTF-8 bytes.</summary>
    public const int MaxNameBytes = 1024;

    /// <summary>Number of names.</summary>
    public int Count => _count;

    /// <summary>The id of a name, added if it is new.</summary>
    /// <exception cref="ArgumentException">The name is longer than <see cref="MaxNameBytes"/>.</exception>
    [HotPath]
    public StreamId Intern(ReadOnlySpan<byte> utf8Name)
    {
        uint hash = StableHash.Of(utf8Name);
        int found = Find(_table, hash, utf8Name);
        return new StreamId(found >= 0 ? found : Add(hash, utf8Name));
    }

    /// <summary>The id of a name, added if it is new.</summary>
    public StreamId Intern(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Intern(Encoding.UTF8.GetBytes(name));
    }

    /// <summary>A stream's name in UTF-8.</summary>
    [HotPath]
    public ReadOnlySpan<byte> Utf8Name(StreamId stream)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)stream.Index, (uint)_count, nameof(stream));
        return NameAt(stream.Index);
    }

    /// <summary>A stream's name.</summary>
    public string Name(StreamId stream) => Encoding.UTF8.GetString(Utf8Name(stream));

    /// <summary>A number that depends on the name alone: the same in every process and version.</summary>
    [HotPath]
    public uint StableHashOf(StreamId stream) => StableHash.Of(Utf8Name(stream));

    private ReadOnlySpan<byte> NameAt(int index)
    {
        Page page = _pages[index / EntriesPerPage];
        Entry entry = page.Entries[index % EntriesPerPage];
        return page.Blocks[entry.Block].AsSpan(entry.Offset, entry.Length);
    }

    private int Find(Table table, uint hash, ReadOnlySpan<byte> name)
    {
        int[] slots = table.Slots;
        for (uint at = hash; ; at++)
        {
            int index = Volatile.Read(ref slots[at & (uint)(slots.Length - 1)]) - 1;
            if (index < 0) return -1;
            if (NameAt(index).SequenceEqual(name)) return index;
        }
    }

    private int Add(uint hash, ReadOnlySpan<byte> name)
    {
        if (name.Length > MaxNameBytes) throw new ArgumentException($"A stream name has {name.Length} bytes; at most {MaxNameBytes} are allowed.", nameof(name));
        lock (_adding)
        {
            int found = Find(_table, hash, name);
            if (found >= 0) return found;
            int index = _count;
            AppendEntry(index, name);
            if ((index + 1) * 2 > _table.Slots.Length) _table = Grow(_table, index);
            _count = index + 1;
            Publish(_table.Slots, hash, index);
            return index;
        }
    }

    private void AppendEntry(int index, ReadOnlySpan<byte> name)
    {
        if (index % EntriesPerPage == 0) _pages = [.. _pages, new Page()];
        if (_blockUsed + name.Length > _block.Length)
        {
            _block = new byte[_count == 0 ? MaxNameBytes : BlockBytes];
            _blockUsed = 0;
        }
        name.CopyTo(_block.AsSpan(_blockUsed));
        Page page = _pages[^1];
        if (page.Blocks.Count == 0 || page.Blocks[^1] != _block) page.AddBlock(_block);
        page.Entries[index % EntriesPerPage] = new Entry((byte)(page.Blocks.Count - 1), (ushort)name.Length, _blockUsed);
        _blockUsed += name.Length;
    }

    private Table Grow(Table old, int count)
    {
        Table grown = new(old.Slots.Length * 2);
        for (int index = 0; index < count; index++) Publish(grown.Slots, StableHash.Of(NameAt(index)), index);
        return grown;
    }

    private static void Publish(int[] slots, uint hash, int index)
    {
        uint at = hash;
        while (slots[at & (uint)(slots.Length - 1)] != 0) at++;
        Volatile.Write(ref slots[at & (uint)(slots.Length - 1)], index + 1);
    }

    /// <summary>Open addressing: a slot holds index + 1, 0 when free. Never changed but by filling a free slot.</summary>
    private sealed class Table(int capacity)
    {
        public readonly int[] Slots = new int[capacity];
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct Entry(byte Block, ushort Length, int Offset);

    /// <summary>Entries of consecutive ids and the blocks their names lie in. At most 65 blocks hold the names of one page.</summary>
    private sealed class Page
    {
        public readonly Entry[] Entries = new Entry[EntriesPerPage];
        private volatile byte[][] _blocks = [];

        public BlockList Blocks => new(_blocks);

        public void AddBlock(byte[] block) => _blocks = [.. _blocks, block];
    }

    private readonly struct BlockList(byte[][] blocks)
    {
        public int Count => blocks.Length;

        public byte[] this[Index index] => blocks[index];
    }
}
