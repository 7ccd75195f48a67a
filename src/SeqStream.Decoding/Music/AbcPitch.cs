namespace SeqStream.Decoding.Music;

/// <summary>A note of an event.</summary>
/// <param name="Key">MIDI key.</param>
/// <param name="Place">Written letter and octave as steps of the scale above middle C, whatever the accidental.</param>
/// <param name="IsTied">True if the next note of the same key goes on from it.</param>
internal readonly record struct AbcPitch(int Key, int Place, bool IsTied)
{
    private static ReadOnlySpan<int> Semitones => [0, 2, 4, 5, 7, 9, 11];

    /// <summary>0 to 6 for C D E F G A B, in either case.</summary>
    public static int LetterOf(char letter) => "CDEFGAB".IndexOf(char.ToUpperInvariant(letter), StringComparison.Ordinal);

    /// <summary>Semitones of a letter above C.</summary>
    public static int SemitonesOf(char letter) => Semitones[LetterOf(letter)];

    /// <summary>The MIDI key of a written place with an accidental.</summary>
    public static int KeyOf(int place, int alteration) => 60 + 12 * (int)Math.Floor(place / 7.0) + Semitones[(place % 7 + 7) % 7] + alteration;
}
