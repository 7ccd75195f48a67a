using System.Globalization;

namespace SeqStream.Decoding.Music;

/// <summary>The value of a Q: field.</summary>
internal static class AbcTempo
{
    /// <summary>Quarter notes per minute of <c>1/4=120</c>, <c>3/8=80</c>, <c>1/4 1/8=70</c>, <c>"Allegro" 1/4=120</c>, <c>120</c> (unit notes per minute); null if it is none of these.</summary>
    /// <param name="value">The field's value.</param>
    /// <param name="unit">Length of the unit note in whole notes.</param>
    public static double? Parse(string value, double unit)
    {
        string text = WithoutWords(value);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        ReadOnlySpan<char> number = text.AsSpan(equals + 1).Trim();
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double perMinute) || perMinute is < 1 or > 10_000) return null;
        double beat = equals < 0 || text[..equals].Trim() == "C" ? unit : 0;
        foreach (string part in equals < 0 || beat > 0 ? [] : text[..equals].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Metre.TryParse(part, out Metre length) || !part.Contains('/', StringComparison.Ordinal)) return null;
            beat += length.Bar;
        }
        double quarters = 4 * beat * perMinute;
        return quarters is >= 1 and <= 10_000 ? quarters : null;
    }

    /// <summary>True if the value is words in quotes only, such as <c>"Allegro"</c>, which leave the tempo as it is.</summary>
    public static bool IsWords(string value) => value.Contains('"', StringComparison.Ordinal) && WithoutWords(value).Length == 0;

    private static string WithoutWords(string value)
    {
        int open = value.IndexOf('"', StringComparison.Ordinal);
        int close = open < 0 ? -1 : value.IndexOf('"', open + 1);
        return (close < 0 ? value : value.Remove(open, close - open + 1)).Trim();
    }
}
