using System.Text;
using SeqStream.Pipeline.Checkpoints;
using SeqStream.State;

namespace SeqStream.Oracles;

/// <summary>A store of streams in memory.</summary>
internal sealed class MemoryStore : ICheckpointStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (byte[] Record, bool IsBusy)> _records = [];

    public void Commit(IReadOnlyList<Checkpoint> checkpoints, IReadOnlyList<SourceItem> items)
    {
        lock (_gate)
        {
            foreach (Checkpoint checkpoint in checkpoints)
            {
                for (int at = 0; at < checkpoint.Count; at++)
                {
                    string name = Encoding.UTF8.GetString(checkpoint.Name(at));
                    if (checkpoint.Record(at).IsEmpty) _records.Remove(name);
                    else _records[name] = (checkpoint.Record(at).ToArray(), checkpoint.IsBusy(at));
                }
            }
        }
    }

    public bool TryRead(string route, ReadOnlySpan<byte> name, StateWriter record)
    {
        lock (_gate)
        {
            if (!_records.TryGetValue(Encoding.UTF8.GetString(name), out (byte[] Record, bool) found)) return false;
            record.Clear();
            record.Append(found.Record);
            return true;
        }
    }

    public IReadOnlyList<byte[]> Streams(string route) => Names(static _ => true);

    public IReadOnlyList<byte[]> BusyStreams(string route) => Names(static record => record.IsBusy);

    public IReadOnlyList<SourceItem> Items(string route) => [];

    public IReadOnlyList<string> Routes() => ["r"];

    public void Dispose()
    {
    }

    private byte[][] Names(Predicate<(byte[] Record, bool IsBusy)> wanted)
    {
        lock (_gate) return [.. _records.Where(pair => wanted(pair.Value)).Select(static pair => Encoding.UTF8.GetBytes(pair.Key))];
    }
}
