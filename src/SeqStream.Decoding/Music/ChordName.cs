using System.Collections.Immutable;

namespace SeqStream.Decoding.Music;

/// <summary>Chord names as <c>G</c>, <c>Am7</c>, <c>F#m</c>, <c>Bbmaj7</c>, <c>D/F#</c>: which notes they mean.</summary>
internal static class ChordName
{
    private const int LowestBass = 36;  // C two octaves below middle C; the bass lies within the octave from there
    private const int LowestTone = 52;  // E below middle C; the other tones lie within the octave from there
    private static readonly (string Name, int[] Steps)[] s_kinds =
    [
        ("", [0, 4, 7]), ("m", [0, 3, 7]), ("min", [0, 3, 7]), ("7", [0, 4, 7, 10]), ("m7", [0, 3, 7, 10]), ("maj7", [0, 4, 7, 11]), ("M7", [0, 4, 7, 11]),
        ("6", [0, 4, 7, 9]), ("m6", [0, 3, 7, 9]), ("dim", [0, 3, 6]), ("o", [0, 3, 6]), ("dim7", [0, 3, 6, 9]), ("aug", [0, 4, 8]), ("+", [0, 4, 8]),
        ("sus", [0, 5, 7]), ("sus4", [0, 5, 7]), ("sus2", [0, 2, 7]), ("9", [0, 4, 10, 14]), ("m9", [0, 3, 10, 14]), ("5", [0, 7]), ("7sus4", [0, 5, 7, 10]),
    ];

    /// <summary>The MIDI keys of a chord, the bass first; empty if the name is not known.</summary>
    public static ImmutableArray<int> Pitches(ReadOnlySpan<char> name)
    {
        name = name.Trim("() ");
        int slash = name.IndexOf('/');
        ReadOnlySpan<char> upper = slash < 0 ? name : name[..slash];
        int length = RootOf(upper, out int root);
        if (length == 0) return [];
        ReadOnlySpan<char> kind = upper[length..];
        int bass = root;
        if (slash >= 0 && (slash == name.Length - 1 || RootOf(name[(slash + 1)..], out bass) != name.Length - slash - 1)) return [];
        foreach ((string known, int[] steps) in s_kinds)
        {
            if (!kind.SequenceEqual(known)) continue;
            return [LowestBass + bass, .. steps.Select(step => LowestTone + (root + step - LowestTone % 12 + 24) % 12).Distinct().Order()];
        }
        return [];
    }

    /// <summary>How many letters a root has, 0 if there is none; and its semitones above C, 0 to 11.</summary>
    private static int RootOf(ReadOnlySpan<char> text, out int root)
    {
        root = 0;
        if (text.IsEmpty || text[0] is < 'A' or > 'G') return 0;
        root = AbcPitch.SemitonesOf(text[0]);
        if (text.Length == 1 || text[1] is not ('#' or 'b')) return 1;
        root = (root + (text[1] == '#' ? 1 : 11)) % 12;
        return 2;
    }
}
