using System.Collections.Immutable;

namespace SeqStream.Decoding.Music;

/// <summary>What was read of a tune so far, and what is in force where reading is: key, metre, unit length, the bar's accidentals, an open tuplet, a waiting broken rhythm.</summary>
internal sealed class AbcNotation
{
    private const int MostProblems = 100;
    private const int MostEvents = 200_000;
    private readonly List<AbcEvent> _events = [];
    private readonly List<AbcProblem> _problems = [];
    private readonly int?[] _barAlterations = new int?[7];       // [letter] alteration written earlier in the bar
    private readonly Dictionary<int, int> _tied = [];            // place -> MIDI key of notes that are tied to the next sound
    private string? _voice;
    private int _tupletLeft;                                     // sounds of the tuplet still to come
    private double _tupletFactor = 1;
    private double _brokenFactor = 1;                            // of the next sound
    private int _lastSound = -1;                                 // index of the last sound in this bar, or -1
    private (int Line, int Column) _tieAt, _repeatAt;            // where the last tie and the last |: stand
    private bool _isRepeatOpen;

    public string Title { get; set; } = "";

    public KeySignature? FirstKey { get; private set; }

    public Metre? FirstMetre { get; private set; }

    public KeySignature Key { get; private set; } = KeySignature.C;

    public Metre Metre { get; private set; } = new(4, 4);

    /// <summary>Unit length in whole notes; NaN until an L: field.</summary>
    public double Unit { get; set; } = double.NaN;

    /// <summary>The unit length in force: that of L:, else 1/16 in metres below 3/4, else 1/8.</summary>
    public double UnitOrDefault => !double.IsNaN(Unit) ? Unit : (FirstMetre ?? Metre).Bar < 0.75 ? 1.0 / 16 : 1.0 / 8;

    public IReadOnlyList<AbcEvent> Events => _events;

    public ImmutableArray<AbcProblem> Problems => [.. _problems];

    public void Begin(Metre metre)
    {
        FirstMetre ??= metre;
        Metre = metre;
    }

    public void Begin(KeySignature key)
    {
        FirstKey ??= key;
        Key = key;
        Array.Clear(_barAlterations);
    }

    public void BeginVoice(string value, int line)
    {
        string name = value.Split(' ', 2)[0];
        _voice ??= name;
        if (_voice != name) Report(line, 1, $"found the voice '{AbcReader.Shown(name)}' after '{AbcReader.Shown(_voice)}', expected a tune of one voice. Its notes are played after those before.");
    }

    public void Report(int line, int column, string problem)
    {
        if (_problems.Count < MostProblems) _problems.Add(new AbcProblem(line, column, problem));
    }

    public void Add(AbcEvent added)
    {
        if (_events.Count < MostEvents) _events.Add(added);
    }

    /// <summary>A bar line of any kind: accidentals and broken rhythm do not reach beyond it.</summary>
    /// <param name="kind">Which bar line.</param>
    /// <param name="line">Where it stands.</param>
    /// <param name="column">Where it stands.</param>
    public void AddBar(AbcEventKind kind, int line, int column)
    {
        if (kind == AbcEventKind.RepeatStart)
        {
            if (_isRepeatOpen) Report(line, column, "found a repeat that begins within a repeat, expected ':|' before it.");
            _repeatAt = (line, column);
        }
        if (kind is AbcEventKind.RepeatStart or AbcEventKind.RepeatEnd) _isRepeatOpen = kind == AbcEventKind.RepeatStart;
        Add(new AbcEvent(kind));
        Array.Clear(_barAlterations);
        _lastSound = -1;
    }

    /// <summary>The key of a written note: its own accidental, else the one it is tied to, else the bar's, else the signature's.</summary>
    public int KeyOf(int place, int? alteration)
    {
        int letter = (place % 7 + 7) % 7;
        if (alteration is int own) _barAlterations[letter] = own;
        else if (_tied.TryGetValue(place, out int tied)) return tied;
        return AbcPitch.KeyOf(place, alteration ?? _barAlterations[letter] ?? Key.Of(letter));
    }

    /// <summary>Adds notes that sound together, or a rest, with the tuplet and the broken rhythm it stands in.</summary>
    /// <param name="pitches">The notes; none for a rest.</param>
    /// <param name="length">Written length in whole notes.</param>
    public void AddSound(ImmutableArray<AbcPitch> pitches, double length)
    {
        double factor = _brokenFactor;
        _brokenFactor = 1;
        if (_tupletLeft > 0)
        {
            factor *= _tupletFactor;
            _tupletLeft--;
        }
        ReportLooseTies(pitches);
        _tied.Clear();
        foreach (AbcPitch pitch in pitches.Where(static pitch => pitch.IsTied)) _tied[pitch.Place] = pitch.Key;
        Add(new AbcEvent(AbcEventKind.Sound) { Pitches = pitches, Length = length * factor });
        _lastSound = _events.Count - 1;
    }

    /// <summary>Ties the last sound to the next; false if there is none.</summary>
    public bool Tie(int line, int column)
    {
        if (_events.FindLast(static e => e.Kind == AbcEventKind.Sound) is not { Pitches.Length: > 0 } last) return false;
        _tieAt = (line, column);
        int at = _events.LastIndexOf(last);
        _events[at] = last with { Pitches = [.. last.Pitches.Select(static pitch => pitch with { IsTied = true })] };
        foreach (AbcPitch pitch in last.Pitches) _tied[pitch.Place] = pitch.Key;
        return true;
    }

    /// <summary>The passes of an ending begin here.</summary>
    public void AddEnding(int passes, int line, int column)
    {
        if ((passes & 2) != 0 && !_isRepeatOpen) Report(line, column, "found a first ending outside a repeat, expected '|:' before it. It is taken to begin where the last repeat or section ended.");
        Add(new AbcEvent(AbcEventKind.Ending) { Passes = passes });
    }

    /// <summary>A repeat ends and the next begins.</summary>
    public void AddTurn(int line, int column)
    {
        if (!_isRepeatOpen) Report(line, column, "found '::' outside a repeat, expected '|:' before it. It is taken to begin where the last repeat or section ended.");
        AddBar(AbcEventKind.RepeatEnd, line, column);
        AddBar(AbcEventKind.RepeatStart, line, column);
    }

    /// <summary>Remembers where a tie inside a chord stands.</summary>
    public void MarkTie(int line, int column) => _tieAt = (line, column);

    /// <summary>The text is over: reports what is still open.</summary>
    public void Complete()
    {
        ReportLooseTies([]);
        if (_isRepeatOpen) Report(_repeatAt.Line, _repeatAt.Column, "found a repeat that does not end, expected ':|' after it.");
    }

    /// <summary>Begins a tuplet: the next <paramref name="count"/> sounds take the given part of their length.</summary>
    public void BeginTuplet(int count, double factor)
    {
        _tupletLeft = count;
        _tupletFactor = factor;
    }

    /// <summary>Broken rhythm between the last sound and the next; false if no sound of the bar is before it.</summary>
    /// <param name="marks">How many <c>&gt;</c> (negative: <c>&lt;</c>).</param>
    public bool Break(int marks)
    {
        if (_lastSound < 0) return false;
        double shorter = 1.0 / (1 << Math.Min(Math.Abs(marks), 3));
        double before = marks > 0 ? 2 - shorter : shorter;
        _events[_lastSound] = _events[_lastSound] with { Length = _events[_lastSound].Length * before };
        _brokenFactor = 2 - before;
        return true;
    }

    private void ReportLooseTies(ImmutableArray<AbcPitch> next)
    {
        if (_tied.Values.Any(key => !next.Any(pitch => pitch.Key == key))) Report(_tieAt.Line, _tieAt.Column, "found a tie to a note of another pitch, expected the same note after '-'.");
    }
}
