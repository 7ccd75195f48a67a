using System.Text;
using SeqStream.Contracts;

namespace SeqStream.FrontEnds.Dna;

/// <summary>The letters of DNA and RNA by the nomenclature of IUPAC-IUB (1984): which of A, C, G and T each may stand for.</summary>
public static class NucleotideCode
{
    private const int A = 1, C = 2, G = 4, T = 8;
    private static readonly byte[] s_sets = CreateSets(); // [128] bit sets of A C G T; 0: no letter of the code

    /// <summary>The letters, for messages.</summary>
    public const string Letters = "ACGTURYSWKMBDHVN";

    /// <summary>True if the character stands for a nucleotide: an upper or lower case letter of the code, or a gap, <c>-</c> or <c>.</c>, which may be any.</summary>
    [HotPath]
    public static bool Has(Rune letter) => letter.IsAscii && s_sets[letter.Value] != 0;

    /// <summary>Writes equal shares for the nucleotides that a letter may stand for, 0 for the others; they sum to 1.</summary>
    /// <param name="letter">A character that <see cref="Has"/> knows.</param>
    /// <param name="shares">[4] A C G T.</param>
    [HotPath]
    public static void Write(byte letter, Span<float> shares)
    {
        int set = s_sets[letter];
        float share = 1f / int.PopCount(set);
        for (int i = 0; i < NucleotideOptions.Width; i++) shares[i] = (set >> i & 1) * share;
    }

    private static byte[] CreateSets()
    {
        byte[] sets = new byte[128];
        ReadOnlySpan<(char Letter, int Set)> code =
        [
            ('A', A), ('C', C), ('G', G), ('T', T), ('U', T), ('R', A | G), ('Y', C | T), ('S', C | G), ('W', A | T), ('K', G | T), ('M', A | C),
            ('B', C | G | T), ('D', A | G | T), ('H', A | C | T), ('V', A | C | G), ('N', A | C | G | T), ('-', A | C | G | T), ('.', A | C | G | T),
        ];
        foreach ((char letter, int set) in code) sets[letter] = sets[char.ToLowerInvariant(letter)] = (byte)set;
        return sets;
    }
}
