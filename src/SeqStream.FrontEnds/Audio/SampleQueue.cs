using SeqStream.State;

namespace SeqStream.FrontEnds.Audio;

/// <summary>Samples that wait until a window is full, and the clock they run by. The buffer grows to the longest piece and is reused.</summary>
/// <param name="rateHz">Samples per second.</param>
/// <param name="preemphasis">Each sample less this times the one before it; 0 for none.</param>
internal sealed class SampleQueue(int rateHz, double preemphasis)
{
    private float[] _samples = [];
    private int _start;
    private int _end;
    private long _first;      // number of the sample at _start, from 0
    private double _origin;   // time of sample 0
    private float _previous;  // the sample added last, as it came

    /// <summary>Samples that wait.</summary>
    public int Count => _end - _start;

    /// <summary>True while nothing is remembered.</summary>
    public bool IsFresh => _first == 0 && Count == 0;

    /// <summary>Time of the sample that has waited longest, in seconds.</summary>
    public double Time => _origin + _first / (double)rateHz;

    /// <summary>The samples that have waited longest.</summary>
    public ReadOnlySpan<float> Peek(int from, int count) => _samples.AsSpan(_start + from, count);

    /// <summary>Adds samples.</summary>
    /// <param name="samples">They are copied.</param>
    /// <param name="time">Time of the first; NaN if only counting tells.</param>
    [HotPath]
    public void Add(ReadOnlySpan<float> samples, double time)
    {
        KeepTime(time);
        Span<float> room = Room(samples.Length);
        if (preemphasis == 0)
        {
            samples.CopyTo(room);
            return;
        }
        for (int i = 0; i < samples.Length; i++)
        {
            room[i] = (float)(samples[i] - preemphasis * _previous);
            _previous = samples[i];
        }
    }

    /// <summary>Adds silence.</summary>
    public void AddSilence(int count) => Room(count).Clear();

    /// <summary>Drops the samples that have waited longest.</summary>
    public void Drop(int count)
    {
        _start += count;
        _first += count;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _start = _end = 0;
        _first = 0;
        _origin = 0;
        _previous = 0;
    }

    public void Save(StateWriter writer)
    {
        writer.Write(_first);
        writer.Write(_origin);
        writer.Write((double)_previous);
        writer.Write(Count);
        writer.WriteAll(_samples.AsSpan(_start, Count));
    }

    public void Restore(ref StateReader reader)
    {
        Reset();
        _first = reader.ReadCount();
        _origin = reader.ReadDouble();
        _previous = (float)reader.ReadDouble();
        reader.ReadAll(Room(reader.ReadInt(0, reader.Left / sizeof(float))));
    }

    /// <summary>Counting is the better clock as long as it agrees with the times that come, to half a sample.</summary>
    private void KeepTime(double time)
    {
        long next = _first + Count;
        if (Math.Abs(time - (_origin + next / (double)rateHz)) > 0.5 / rateHz) _origin = time - next / (double)rateHz;
    }

    private Span<float> Room(int count)
    {
        if (_end + count > _samples.Length)
        {
            int waiting = Count;
            float[] target = waiting + count > _samples.Length ? new float[Math.Max(2 * _samples.Length, waiting + count)] : _samples;
            _samples.AsSpan(_start, waiting).CopyTo(target);
            _samples = target;
            _start = 0;
            _end = waiting;
        }
        _end += count;
        return _samples.AsSpan(_end - count, count);
    }
}
