using System.Collections.Immutable;
using System.Globalization;

namespace SeqStream.Decoding.Music;

/// <summary>Reads a line of notes into an <see cref="AbcNotation"/>. One thread at a time.</summary>
internal ref struct AbcMusicLine
{
    private const double LongestNote = 64; // whole notes
    private readonly AbcNotation _notation;
    private readonly string _text;
    private readonly int _line;
    private int _at;

    private AbcMusicLine(AbcNotation notation, string text, int line)
    {
        _notation = notation;
        _text = text;
        _line = line;
    }

    private readonly char Here => _at < _text.Length ? _text[_at] : '\0';

    private readonly char Ahead => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    public static void Read(AbcNotation notation, string text, int line)
    {
        AbcMusicLine reader = new(notation, text, line);
        while (reader._at < text.Length) reader.ReadOne();
    }

    private void ReadOne()
    {
        char c = Here;
        if (c is ' ' or '\t' or ')' or '\\' or '`' or '$' or '.' or '~') _at++;
        else if (c == '"') ReadQuoted();
        else if (c is '|' or ':' || (c == '[' && (Ahead == '|' || char.IsAsciiDigit(Ahead)))) ReadBar();
        else if (c == '[' && char.IsAsciiLetter(Ahead) && _at + 2 < _text.Length && _text[_at + 2] == ':') ReadInlineField();
        else if (c is '[' or '^' or '_' or '=' || char.IsAsciiLetter(c)) ReadSoundOrLetter();
        else if (c == '(') ReadTuplet();
        else if (c is '<' or '>') ReadBroken();
        else if (c == '-') ReadTie();
        else if (c == '{') Skip('{', '}');
        else if (c is '!' or '+') SkipDecoration(c);
        else Refuse($"found '{c}', expected a note, a rest or a bar line.");
    }

    private void Refuse(string problem)
    {
        _notation.Report(_line, _at + 1, problem);
        _at++;
    }

    private void ReadQuoted()
    {
        int close = _text.IndexOf('"', _at + 1);
        if (close < 0)
        {
            Refuse("found a quote that does not end in this line, expected '\"' after the chord name.");
            return;
        }
        ReadOnlySpan<char> name = _text.AsSpan(_at + 1, close - _at - 1);
        ImmutableArray<int> pitches = ChordName.Pitches(name);
        bool isText = name.Trim().IsEmpty || name[0] is '^' or '_' or '<' or '>' or '@';
        if (pitches.IsEmpty && !isText) _notation.Report(_line, _at + 1, $"found the chord name '{AbcReader.Shown(name.ToString())}', expected one such as G, Am7 or D/F#; other words begin with '^' or '_'.");
        if (pitches.Length > 0) _notation.Add(new AbcEvent(AbcEventKind.Chord) { Pitches = [.. pitches.Select(static key => new AbcPitch(key, 0, false))] });
        _at = close + 1;
    }

    /// <summary>A bar line with its repeats and, right after it, the passes of an ending.</summary>
    private void ReadBar()
    {
        int start = _at;
        while (Here is '|' or ':' || (Here == '[' && Ahead == '|') || (Here == ']' && _at > start && _text[_at - 1] == '|')) _at++;
        ReadOnlySpan<char> marks = _text.AsSpan(start, _at - start);
        int line = marks.IndexOf('|');
        if (marks.Length == 1 && marks[0] == ':') _notation.Report(_line, start + 1, "found ':' alone, expected a repeat such as '|:' or ':|'.");
        else if (!marks.IsEmpty) AddBar(start, endsRepeat: marks[0] == ':', startsRepeat: marks[^1] == ':', isSection: line >= 0 && marks.Trim(':').Length > 1);
        if (Here == '[' && char.IsAsciiDigit(Ahead)) _at++;
        else if (marks.IsEmpty || !char.IsAsciiDigit(Here)) return;
        ReadPasses();
    }

    private readonly void AddBar(int start, bool endsRepeat, bool startsRepeat, bool isSection)
    {
        if (endsRepeat && startsRepeat) _notation.AddTurn(_line, start + 1);
        else if (endsRepeat) _notation.AddBar(AbcEventKind.RepeatEnd, _line, start + 1);
        else if (startsRepeat) _notation.AddBar(AbcEventKind.RepeatStart, _line, start + 1);
        else _notation.AddBar(isSection ? AbcEventKind.Section : AbcEventKind.Bar, _line, start + 1);
    }

    private void ReadPasses()
    {
        int passes = 0, start = _at;
        do
        {
            if (Here is ',' or '-') _at++;
            if (!char.IsAsciiDigit(Here)) break;
            passes |= 1 << (Here - '0');
            _at++;
        }
        while (Here is ',' or '-');
        _notation.AddEnding(passes, _line, start + 1);
    }

    private void ReadInlineField()
    {
        int close = _text.IndexOf(']', _at);
        if (close < 0)
        {
            Refuse("found a field in brackets that does not end in this line, expected ']'.");
            return;
        }
        AbcReader.ReadField(_notation, _text[(_at + 1)..close], _line);
        _at = close + 1;
    }

    private void ReadSoundOrLetter()
    {
        char c = Here;
        if (c is 'z' or 'x' or 'Z' or 'X')
        {
            _at++;
            double length = ReadLength();
            _notation.AddSound([], c is 'z' or 'x' ? length * _notation.UnitOrDefault : length * _notation.Metre.Bar);
        }
        else if (c == 'y')
        {
            _at++;
            ReadLength();
        }
        else if (c == '[') ReadChord();
        else if (TryReadNote(out AbcPitch pitch)) _notation.AddSound([pitch], ReadLength() * _notation.UnitOrDefault);
        else if (c is (>= 'H' and <= 'W') or (>= 'h' and <= 'w')) _at++; // a decoration
        else Refuse($"found '{c}', expected a note, a rest or a bar line.");
    }

    private void ReadChord()
    {
        int start = _at++;
        ImmutableArray<AbcPitch>.Builder pitches = ImmutableArray.CreateBuilder<AbcPitch>();
        double length = double.NaN;
        while (Here != ']')
        {
            if (!TryReadNote(out AbcPitch pitch))
            {
                _at = Math.Max(_at, start);
                Refuse("found a bracket that holds no notes, expected a chord such as '[CEG]', a field such as '[K:G]' or an ending such as '[1'.");
                return;
            }
            double own = ReadLength();
            if (double.IsNaN(length)) length = own;
            bool isTied = Here == '-';
            if (isTied) _notation.MarkTie(_line, ++_at);
            pitches.Add(pitch with { IsTied = isTied });
        }
        _at++;
        if (pitches.Count > 0) _notation.AddSound(pitches.ToImmutable(), length * ReadLength() * _notation.UnitOrDefault);
    }

    private bool TryReadNote(out AbcPitch pitch)
    {
        pitch = default;
        int start = _at;
        int? alteration = null;
        while (Here is '^' or '_' or '=' && _at - start < 2)
        {
            alteration = (alteration ?? 0) + (Here == '^' ? 1 : Here == '_' ? -1 : 0);
            _at++;
        }
        if (Here is not ((>= 'A' and <= 'G') or (>= 'a' and <= 'g')))
        {
            _at = start;
            return false;
        }
        int place = AbcPitch.LetterOf(Here) + (char.IsAsciiLetterLower(Here) ? 7 : 0);
        for (_at++; Here is ',' or '\''; _at++) place += Here == '\'' ? 7 : -7;
        int key = _notation.KeyOf(place, alteration);
        if (key is < 0 or > 127) _notation.Report(_line, start + 1, FormattableString.Invariant($"found a note {key - 60} semitones from middle C, expected -60 to 67."));
        pitch = new AbcPitch(Math.Clamp(key, 0, 127), place, false);
        return true;
    }

    /// <summary>A length such as <c>2</c>, <c>3/2</c>, <c>/</c>, <c>//</c>, <c>/4</c>; 1 if there is none.</summary>
    private double ReadLength()
    {
        int start = _at;
        double length = ReadNumber(1);
        while (Here == '/')
        {
            _at++;
            length /= ReadNumber(2);
        }
        if (length is > 0 and <= LongestNote * 16 && double.IsFinite(length)) return length;
        _notation.Report(_line, start + 1, $"found the length '{_text[start.._at]}', expected one from a part of the unit to some bars.");
        return 1;
    }

    private int ReadNumber(int otherwise)
    {
        int start = _at;
        while (char.IsAsciiDigit(Here)) _at++;
        if (_at == start) return otherwise;
        if (int.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= 1024) return number;
        _notation.Report(_line, start + 1, $"found the number '{AbcReader.Shown(_text[start.._at])}', expected 1 to 1024.");
        return otherwise;
    }

    /// <summary><c>(3</c>, <c>(3:2</c>, <c>(3:2:4</c>, or a slur.</summary>
    private void ReadTuplet()
    {
        _at++;
        if (!char.IsAsciiDigit(Here)) return;
        int notes = ReadNumber(3);
        int[] given = [0, 0];
        for (int i = 0; i < 2 && Here == ':'; i++)
        {
            _at++;
            if (char.IsAsciiDigit(Here)) given[i] = ReadNumber(0);
        }
        int time = given[0] > 0 ? given[0] : notes switch { 2 or 4 or 8 => 3, 3 or 6 => 2, _ => _notation.Metre.IsCompound ? 3 : 2 };
        _notation.BeginTuplet(given[1] > 0 ? given[1] : notes, (double)time / notes);
    }

    private void ReadBroken()
    {
        char c = Here;
        int start = _at;
        while (Here == c) _at++;
        int marks = c == '>' ? _at - start : start - _at;
        if (!_notation.Break(marks)) _notation.Report(_line, start + 1, $"found '{c}' without a note before it in the bar, expected it between two notes.");
    }

    private void ReadTie()
    {
        if (_notation.Tie(_line, _at + 1)) _at++;
        else Refuse("found '-' without a note before it, expected it after a note.");
    }

    private void SkipDecoration(char mark)
    {
        int close = _text.IndexOf(mark, _at + 1);
        _at = close < 0 ? _at + 1 : close + 1;
    }

    private void Skip(char open, char close)
    {
        int end = _text.IndexOf(close, _at);
        if (end < 0) Refuse($"found '{open}' without '{close}' in this line.");
        else _at = end + 1;
    }
}
