using System.Collections.Immutable;

namespace SeqStream.Decoding.Music;

/// <summary>Plays written events into a <see cref="Tune"/>: repeats, ties, chord names, tempi.</summary>
internal sealed class TuneBuilder
{
    private const double DefaultQuartersPerMinute = 120;
    private readonly ImmutableArray<TuneNote>.Builder _melody = ImmutableArray.CreateBuilder<TuneNote>();
    private readonly ImmutableArray<TuneNote>.Builder _chords = ImmutableArray.CreateBuilder<TuneNote>();
    private readonly List<TempoChange> _tempi = [new TempoChange(0, DefaultQuartersPerMinute)];
    private readonly Dictionary<int, int> _tied = []; // MIDI key -> index in the melody of the note that goes on
    private ImmutableArray<AbcPitch> _chord = [];
    private double _chordStart = double.NaN; // NaN while no chord sounds
    private double _now;                     // quarter notes

    /// <summary>The tune of what was read.</summary>
    public static Tune Build(AbcNotation notation)
    {
        TuneBuilder builder = new();
        foreach (int i in RepeatOrder.Of(notation.Events)) builder.Play(notation.Events[i]);
        builder.EndChord();
        return new Tune
        {
            Title = notation.Title,
            Melody = builder._melody.ToImmutable(),
            Chords = builder._chords.ToImmutable(),
            Tempi = [.. builder._tempi],
            Metre = notation.FirstMetre ?? new Metre(4, 4),
            Key = notation.FirstKey ?? KeySignature.C,
            Length = builder._now,
            Problems = notation.Problems,
        };
    }

    private void Play(AbcEvent played)
    {
        switch (played.Kind)
        {
            case AbcEventKind.Sound:
                Sound(played);
                break;
            case AbcEventKind.Chord:
                EndChord();
                _chord = played.Pitches;
                break;
            case AbcEventKind.Tempo:
                if (_tempi[^1].Start == _now) _tempi.RemoveAt(_tempi.Count - 1);
                _tempi.Add(new TempoChange(_now, played.QuartersPerMinute));
                break;
            default:
                EndChord(); // struck again in the next bar
                break;
        }
    }

    private void Sound(AbcEvent played)
    {
        double length = 4 * played.Length;
        if (_chord.Length > 0 && double.IsNaN(_chordStart)) _chordStart = _now;
        HashSet<int> goesOn = [];
        foreach (AbcPitch pitch in played.Pitches)
        {
            if (_tied.Remove(pitch.Key, out int index)) _melody[index] = _melody[index] with { Length = _now + length - _melody[index].Start };
            else
            {
                index = _melody.Count;
                _melody.Add(new TuneNote(_now, length, pitch.Key));
            }
            if (pitch.IsTied && goesOn.Add(pitch.Key)) _tied[pitch.Key] = index;
        }
        foreach (int key in _tied.Keys.Where(key => !goesOn.Contains(key)).ToArray()) _tied.Remove(key);
        _now += length;
    }

    private void EndChord()
    {
        if (double.IsNaN(_chordStart)) return;
        foreach (AbcPitch pitch in _chord) _chords.Add(new TuneNote(_chordStart, _now - _chordStart, pitch.Key));
        _chordStart = double.NaN;
    }
}
