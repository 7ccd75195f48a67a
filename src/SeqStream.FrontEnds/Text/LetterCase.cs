using System.Text;

namespace SeqStream.FrontEnds.Text;

/// <summary>
/// Simple case mapping of Latin, Greek, Cyrillic and Armenian code points, the same in every runtime and Unicode version.
/// Everything else has no case here.
/// </summary>
internal static class LetterCase
{
    public static Rune Lower(Rune rune) => HasCase(rune.Value) ? Rune.ToLowerInvariant(rune) : rune;

    public static Rune Upper(Rune rune) => HasCase(rune.Value) ? Rune.ToUpperInvariant(rune) : rune;

    private static bool HasCase(int c)
        => (c < 0x590 && c is not (0x130 or 0x131 or 0x17F or 0x19B or 0x264)) || (c is >= 0x1E00 and < 0x1F00);
}
