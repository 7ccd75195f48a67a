using SeqStream.Contracts;

namespace SeqStream.Decoding.Sampling;

/// <summary>
/// The natural logarithm of positive normal numbers, within 2 units in the last place away from 1, from additions, multiplications and divisions only: the same bits on every machine,
/// which the C library's does not promise.
/// </summary>
internal static class PortableLog
{
    private const double Ln2 = 0.69314718055994531;
    private const double Sqrt2 = 1.4142135623730951;

    [HotPath]
    public static double Of(double x)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(x);
        int exponent = (int)(bits >> 52) - 1023;
        double mantissa = BitConverter.UInt64BitsToDouble(bits & 0x000FFFFFFFFFFFFF | 0x3FF0000000000000); // in [1, 2)
        if (mantissa > Sqrt2)
        {
            mantissa /= 2;
            exponent++;
        }
        double t = (mantissa - 1) / (mantissa + 1); // ln m = 2 (t + t^3 / 3 + t^5 / 5 + ...), |t| <= 0.172
        double square = t * t, sum = 0;
        for (int n = 21; n > 0; n -= 2) sum = sum * square + 1.0 / n;
        return exponent * Ln2 + 2 * t * sum;
    }
}
