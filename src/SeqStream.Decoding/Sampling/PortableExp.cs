using SeqStream.Contracts;

namespace SeqStream.Decoding.Sampling;

/// <summary>
/// exp for arguments of at most 0, within 2 units in the last place, from additions and multiplications only: the same bits on every machine,
/// which the C library's does not promise.
/// </summary>
internal static class PortableExp
{
    private const double InverseLn2 = 1.4426950408889634;
    private const double Ln2High = 0.693147180369123816490; // ln 2 with zeros in its low 21 bits
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double Least = -700; // exp below this counts as 0

    [HotPath]
    public static double Of(double x)
    {
        if (!(x > Least)) return 0;
        double whole = Math.Round(x * InverseLn2);
        double rest = x - whole * Ln2High - whole * Ln2Low; // in [-0.35, 0.35]
        double sum = 1;
        for (int n = 13; n > 0; n--) sum = 1 + rest / n * sum; // Taylor series of exp(rest) to rest^13 / 13!
        return sum * BitConverter.UInt64BitsToDouble((ulong)(1023 + (long)whole) << 52);
    }
}
