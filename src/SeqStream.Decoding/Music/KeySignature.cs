using System.Collections.Immutable;

namespace SeqStream.Decoding.Music;

/// <summary>A key: what the seven letters mean without an accidental.</summary>
/// <param name="Fifths">Sharps of the signature, flats counted negative; -7 to 7.</param>
/// <param name="IsMinor">True for minor keys.</param>
/// <param name="Alterations">Semitones by which each letter of C D E F G A B is raised.</param>
public sealed record KeySignature(int Fifths, bool IsMinor, ImmutableArray<int> Alterations)
{
    private const string Letters = "CDEFGAB";
    private const string SharpOrder = "FCGDAEB";
    private static readonly (string Name, int Fifths)[] s_modes = [("maj", 0), ("ion", 0), ("min", -3), ("aeo", -3), ("mix", -1), ("dor", -2), ("phr", -4), ("lyd", 1), ("loc", -5)];

    /// <summary>C major.</summary>
    public static KeySignature C { get; } = Of(0, false);

    /// <summary>
    /// Reads the value of a K: field: a tonic with a mode (<c>G</c>, <c>Am</c>, <c>Bb</c>, <c>F#min</c>, <c>D dorian</c>, <c>Amix</c>), <c>HP</c> (bagpipes, two sharps),
    /// <c>none</c> or nothing (C), then accidentals (<c>^g _b =c</c>); what is of the form <c>name=value</c> is passed over. Null for anything else.
    /// </summary>
    public static KeySignature? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string rest = text.Trim();
        KeySignature? key = rest is "" or "none" ? C : rest is "HP" or "Hp" ? Of(2, false) : null;
        if (key is not null) return key;
        int tonic = "FCGDAEB".IndexOf(rest[0], StringComparison.Ordinal);
        if (tonic < 0) return null;
        int fifths = tonic - 1;
        int at = 1;
        if (at < rest.Length && rest[at] is '#' or 'b') fifths += rest[at++] == '#' ? 7 : -7;
        string[] words = rest[at..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool isMinor = false;
        int used = 0;
        if (words.Length > 0 && ModeOf(words[0]) is int mode)
        {
            fifths += mode;
            isMinor = mode == -3;
            used = 1;
        }
        return Math.Abs(fifths) <= 7 ? Of(fifths, isMinor).With(words.AsSpan(used)) : null;
    }

    /// <summary>Semitones by which a letter is raised.</summary>
    /// <param name="letter">0 to 6 for C D E F G A B.</param>
    public int Of(int letter) => Alterations[letter];

    private static int? ModeOf(string word)
    {
        if (word == "m") return -3;
        if (word.Length < 3) return null;
        foreach ((string name, int fifths) in s_modes)
        {
            if (word.StartsWith(name, StringComparison.OrdinalIgnoreCase)) return fifths;
        }
        return null;
    }

    private static KeySignature Of(int fifths, bool isMinor)
    {
        int[] raised = new int[7];
        for (int i = 0; i < Math.Abs(fifths); i++) raised[Letters.IndexOf(SharpOrder[fifths > 0 ? i : 6 - i], StringComparison.Ordinal)] = Math.Sign(fifths);
        return new KeySignature(fifths, isMinor, [.. raised]);
    }

    private KeySignature? With(ReadOnlySpan<string> words)
    {
        KeySignature key = this;
        foreach (string word in words)
        {
            if (word.Contains('=', StringComparison.Ordinal) && word.Length > 2) continue;
            int letter = word.Length == 2 ? Letters.IndexOf(char.ToUpperInvariant(word[1]), StringComparison.Ordinal) : -1;
            int sign = word.Length == 2 ? "_=^".IndexOf(word[0], StringComparison.Ordinal) : -1;
            if (word is "exp") continue;
            if (letter < 0 || sign < 0) return null;
            key = key with { Alterations = key.Alterations.SetItem(letter, sign - 1) };
        }
        return key;
    }
}
