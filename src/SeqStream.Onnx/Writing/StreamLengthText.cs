using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing;

/// <summary>Reads what <see cref="StreamLength.ToString"/> writes: <c>S</c>, <c>S + 2</c>, <c>floor((S - 1) / 4)</c>, <c>2 * floor(S / 4) + 1</c>, and those inside each other.</summary>
internal static class StreamLengthText
{
    private const int MostTerms = 32;
    private const int MostNumber = 1 << 30;

    /// <summary>The length from its text; false if the text is none.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out StreamLength? length)
    {
        ReadOnlySpan<char> rest = text;
        try
        {
            length = Sum(ref rest, 0);
        }
        catch (OverflowException)
        {
            length = null;
        }
        if (!rest.IsEmpty) length = null;
        return length is not null;
    }

    /// <summary>product, product + number, product - number</summary>
    private static StreamLength? Sum(ref ReadOnlySpan<char> rest, int level)
    {
        StreamLength? product = Product(ref rest, level);
        if (product is null) return null;
        int sign = Take(ref rest, " + ") ? 1 : Take(ref rest, " - ") ? -1 : 0;
        if (sign == 0) return product;
        return Number(ref rest) is { } number ? product.Plus(sign * number) : null;
    }

    /// <summary>S, floor(...), number * floor(...)</summary>
    private static StreamLength? Product(ref ReadOnlySpan<char> rest, int level)
    {
        int factor = 1;
        if (!rest.IsEmpty && char.IsAsciiDigit(rest[0]))
        {
            if (Number(ref rest) is not ({ } number and > 0) || !Take(ref rest, " * ")) return null;
            factor = number;
        }
        StreamLength? term = Take(ref rest, "S") ? StreamLength.Source : Take(ref rest, "floor(") && level < MostTerms ? Quotient(ref rest, level + 1) : null;
        return term?.Times(factor);
    }

    /// <summary>What stands behind "floor(": product / number), or (sum) / number)</summary>
    private static StreamLength? Quotient(ref ReadOnlySpan<char> rest, int level)
    {
        StreamLength? sum;
        if (Take(ref rest, "("))
        {
            sum = Sum(ref rest, level);
            if (!Take(ref rest, ")")) return null;
        }
        else
        {
            sum = Product(ref rest, level);
        }
        if (!Take(ref rest, " / ") || Number(ref rest) is not ({ } divisor and > 0) || !Take(ref rest, ")")) return null;
        return sum?.Over(divisor);
    }

    private static int? Number(ref ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOfAnyExceptInRange('0', '9');
        if (end < 0) end = rest.Length;
        if (!int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > MostNumber) return null;
        rest = rest[end..];
        return number;
    }

    private static bool Take(ref ReadOnlySpan<char> rest, string expected)
    {
        if (!rest.StartsWith(expected, StringComparison.Ordinal)) return false;
        rest = rest[expected.Length..];
        return true;
    }
}
