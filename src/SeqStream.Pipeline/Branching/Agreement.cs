using System.Runtime.InteropServices;
using SeqStream.Contracts;

namespace SeqStream.Pipeline.Branching;

/// <summary>
/// How far a shadow's emissions agree with those of the model it runs beside, on the same feed: emissions of one stream and step meet here. They agree if they have the same label and text, and
/// numbers that differ by no more than a thousandth of the greater of 1 and the number. Any thread.
/// </summary>
public sealed class Agreement
{
    private const int MostWaiting = 1 << 16;
    private const double Tolerance = 1e-3;
    private readonly Dictionary<(int Stream, long Step), Said> _waiting = [];
    private readonly StreamDirectory _streams = new();
    private readonly Stack<Said> _free = new();
    private readonly Lock _gate = new();
    private long _compared;
    private long _agreed;
    private long _alone;
    private double _largestDifference;

    /// <summary>Emissions of both for one stream and step.</summary>
    public long Compared => Read(ref _compared);

    /// <summary>Those that agree.</summary>
    public long Agreed => Read(ref _agreed);

    /// <summary>Emissions for which the other model said nothing, or nothing in time.</summary>
    public long Alone
    {
        get
        {
            lock (_gate) return _alone + _waiting.Count;
        }
    }

    /// <summary>Largest difference between two numbers.</summary>
    public double LargestDifference
    {
        get
        {
            lock (_gate) return _largestDifference;
        }
    }

    /// <summary>Notes what one of the two says.</summary>
    /// <param name="isShadow">True for the shadow.</param>
    /// <param name="stream">The stream's name in UTF-8.</param>
    /// <param name="emission">What it says; ends are not compared.</param>
    [HotPath]
    public void Note(bool isShadow, ReadOnlySpan<byte> stream, Emission emission)
    {
        ArgumentNullException.ThrowIfNull(emission);
        if (emission.Kind is EmissionKind.End or EmissionKind.Barrier) return;
        lock (_gate)
        {
            (int, long) key = (_streams.Intern(stream).Index, emission.Step);
            if (_waiting.TryGetValue(key, out Said? other) && other.IsShadow != isShadow)
            {
                _waiting.Remove(key);
                Compare(other, emission);
                _free.Push(other);
            }
            else if (other is not null || _waiting.Count >= MostWaiting)
            {
                _alone++;
            }
            else
            {
                Said said = _free.TryPop(out Said? free) ? free : new Said();
                said.Set(isShadow, emission);
                _waiting.Add(key, said);
            }
        }
    }

    private long Read(ref long value)
    {
        lock (_gate) return value;
    }

    private void Compare(Said said, Emission emission)
    {
        bool agrees = said.Label == emission.Label && said.Text.SequenceEqual(emission.Text);
        int at = 0;
        for (int output = 0; output < emission.OutputCount; output++)
        {
            foreach (double value in emission.Values(emission.Output(output)))
            {
                double other = at < said.Numbers.Length ? said.Numbers[at] : double.NaN, difference = Math.Abs(value - other);
                at++;
                if (double.IsNaN(value) && double.IsNaN(other)) continue;
                agrees &= difference <= Tolerance * Math.Max(1, Math.Abs(value));
                if (difference > _largestDifference) _largestDifference = difference;
            }
        }
        _compared++;
        _agreed += agrees && at == said.Numbers.Length ? 1 : 0;
    }

    /// <summary>What one of the two said, until the other speaks.</summary>
    private sealed class Said
    {
        private readonly List<byte> _text = [];
        private readonly List<double> _numbers = [];

        public bool IsShadow { get; private set; }

        public string? Label { get; private set; }

        public ReadOnlySpan<byte> Text => CollectionsMarshal.AsSpan(_text);

        public ReadOnlySpan<double> Numbers => CollectionsMarshal.AsSpan(_numbers);

        public void Set(bool isShadow, Emission emission)
        {
            (IsShadow, Label) = (isShadow, emission.Label);
            _text.Clear();
            _text.AddRange(emission.Text);
            _numbers.Clear();
            for (int output = 0; output < emission.OutputCount; output++) _numbers.AddRange(emission.Values(emission.Output(output)));
        }
    }
}
