using System.Globalization;

namespace SeqStream.Decoding.Music;

/// <summary>A metre such as 6/8.</summary>
/// <param name="Beats">Beats of a bar.</param>
/// <param name="Unit">Which note a beat is: 4 a quarter, 8 an eighth.</param>
public readonly record struct Metre(int Beats, int Unit)
{
    /// <summary>Length of a bar in whole notes.</summary>
    public double Bar => (double)Beats / Unit;

    /// <summary>True for 6/8, 9/8, 12/8 and the like, whose beats fall into threes.</summary>
    public bool IsCompound => Beats > 3 && Beats % 3 == 0;

    /// <summary>Reads <c>6/8</c>, <c>C</c> (4/4), <c>C|</c> (2/2), <c>none</c> (4/4) or sums of beats as <c>2+3/8</c>; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Metre metre)
    {
        text = text.Trim();
        metre = text is "C|" ? new Metre(2, 2) : new Metre(4, 4);
        if (text is "C" or "C|" or "none" or "") return true;
        int slash = text.IndexOf('/');
        if (slash < 0 || !Number(text[(slash + 1)..], out int unit) || (unit & (unit - 1)) != 0) return false;
        int beats = 0;
        foreach (Range part in text[..slash].Trim("()").Split('+'))
        {
            if (!Number(text[..slash].Trim("()")[part], out int some)) return false;
            beats += some;
        }
        metre = new Metre(beats, unit);
        return beats <= 255;
    }

    private static bool Number(ReadOnlySpan<char> text, out int number)
        => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 1 and <= 128;
}
