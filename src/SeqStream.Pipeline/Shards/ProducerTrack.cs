using SeqStream.State;

namespace SeqStream.Pipeline.Shards;

/// <summary>What a stream's producer has told so far: its counter, and when its newest frame was measured. All zeros means: nothing.</summary>
[HotPath]
internal struct ProducerTrack
{
    private const int Remembered = 64;
    private long _lastPlusOne;
    private ulong _seen;   // bit k: counter last - k came
    private double _time;
    private bool _hasTime;

    /// <summary>The newest counter; -1 before the first.</summary>
    public readonly long Last => _lastPlusOne - 1;

    /// <summary>Time of the newest frame in seconds; NaN if unknown.</summary>
    public double Time
    {
        readonly get => _hasTime ? _time : double.NaN;
        set => (_time, _hasTime) = (value, !double.IsNaN(value));
    }

    /// <summary>Where a counter stands. Of those more than 63 below the newest it is not known whether they came: they count as repeated.</summary>
    public readonly SeqPlace PlaceOf(long seq)
    {
        if (_lastPlusOne == 0 || seq == _lastPlusOne) return SeqPlace.Next;
        if (seq > Last) return SeqPlace.Early;
        long back = Last - seq;
        return back < Remembered && (_seen >> (int)back & 1) == 0 ? SeqPlace.Late : SeqPlace.Repeated;
    }

    /// <summary>Notes a counter above the newest, and tells how many it leaves out.</summary>
    public long Advance(long seq)
    {
        long step = _lastPlusOne == 0 ? Remembered : seq - Last, left = _lastPlusOne == 0 ? 0 : step - 1;
        _seen = (step < Remembered ? _seen << (int)step : 0) | 1;
        _lastPlusOne = seq + 1;
        return left;
    }

    /// <summary>Notes a late counter.</summary>
    public void Note(long seq) => _seen |= 1UL << (int)(Last - seq);

    /// <summary>Writes what is known; nothing if nothing is.</summary>
    public readonly void Save(StateWriter writer)
    {
        if (_lastPlusOne == 0 && !_hasTime) return;
        writer.Write(_lastPlusOne);
        writer.Write((long)_seen);
        writer.Write(Time);
    }

    /// <summary>Takes what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateSnapshotException">The bytes are damaged.</exception>
    public static ProducerTrack Restore(ref StateReader reader)
        => new ProducerTrack { _lastPlusOne = reader.ReadCount(), _seen = (ulong)reader.ReadLong(), Time = reader.ReadDouble() };
}
