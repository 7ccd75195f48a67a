using SeqStream.State;

namespace SeqStream.Pipeline.Checkpoints;

/// <summary>
/// What one shard of a route hands over to be stored in one transaction: the records of streams that changed, the names of streams that ended, and the receipts of
/// the frames that these changes contain. Reused; owned by one thread at a time.
/// </summary>
public sealed class Checkpoint
{
    private readonly List<Entry> _entries = [];
    private readonly List<long> _receipts = [];
    private byte[] _bytes = new byte[1 << 16];
    private int _used;

    /// <summary>The route.</summary>
    public string Route { get; set; } = "";

    /// <summary>The shard, counted from 0.</summary>
    public int Shard { get; set; }

    /// <summary>Emissions of the shard that must be delivered before the receipts may be given back.</summary>
    public long Emissions { get; set; }

    /// <summary>Records and removals, in the order they were added.</summary>
    public int Count => _entries.Count;

    /// <summary>True if there is nothing to store and nothing to acknowledge.</summary>
    public bool IsEmpty => _entries.Count == 0 && _receipts.Count == 0;

    /// <summary>What the feed gave with the frames that are contained, in the order the shard took them.</summary>
    public IReadOnlyList<long> Receipts => _receipts;

    /// <summary>A stream's name in UTF-8.</summary>
    public ReadOnlySpan<byte> Name(int index) => _bytes.AsSpan(_entries[index].Start, _entries[index].NameBytes);

    /// <summary>A stream's record; empty if the stream is to be removed.</summary>
    public ReadOnlySpan<byte> Record(int index) => _bytes.AsSpan(_entries[index].Start + _entries[index].NameBytes, _entries[index].RecordBytes);

    /// <summary>Adds a record.</summary>
    public void Store(ReadOnlySpan<byte> name, StateWriter record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Add(name, record.Written);
    }

    /// <summary>Adds a removal.</summary>
    public void Remove(ReadOnlySpan<byte> name) => Add(name, []);

    /// <summary>Adds a receipt.</summary>
    public void Acknowledge(long receipt) => _receipts.Add(receipt);

    /// <summary>Begins anew and keeps the buffers.</summary>
    public void Clear()
    {
        _entries.Clear();
        _receipts.Clear();
        _used = 0;
        Emissions = 0;
    }

    private void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> record)
    {
        int count = name.Length + record.Length;
        if (_used + count > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + count));
        name.CopyTo(_bytes.AsSpan(_used));
        record.CopyTo(_bytes.AsSpan(_used + name.Length));
        _entries.Add(new Entry(_used, name.Length, record.Length));
        _used += count;
    }

    private readonly record struct Entry(int Start, int NameBytes, int RecordBytes);
}
