using System.Globalization;
using System.Text;
using SeqStream.Contracts;

namespace SeqStream.Hosting.Demonstration;

/// <summary>Emissions of one stream as lines that people can follow: words with their tags one by one, labels of numbers, and of letters, only when they change.</summary>
/// <param name="ofLetters">True if the tokens are letters, of which only changes are told.</param>
internal sealed class Telling(bool ofLetters)
{
    private string _last = "";

    /// <summary>The line of an emission, or null if it says nothing new.</summary>
    public string? Of(Emission emission) => emission.Kind switch
    {
        EmissionKind.Label when !emission.Text.IsEmpty && !ofLetters => OfWord(emission),
        EmissionKind.Label => OfChange(emission),
        EmissionKind.Text => OfText(emission),
        EmissionKind.End => Forget(),
        _ => null,
    };

    private static string OfWord(Emission emission) => $"{Encoding.UTF8.GetString(emission.Text),-16} {emission.Label}{Score(emission)}{Parts(emission)}";

    private string? OfChange(Emission emission)
    {
        string said = $"{emission.Label}{Parts(emission)}";
        if (said == _last && double.IsNaN(emission.SpanEnd)) return null;
        _last = said;
        return $"{Place(emission),-16} {said}{Score(emission)}";
    }

    private string? OfText(Emission emission)
    {
        string said = Encoding.UTF8.GetString(emission.Text);
        if (emission.IsPartial && said == _last) return null;
        _last = said;
        return emission.IsPartial ? $"{Place(emission),-16} {said} ..." : $"{Place(emission),-16} {said}";
    }

    private string? Forget()
    {
        _last = "";
        return null;
    }

    private static string Place(Emission emission) => emission switch
    {
        { SpanStart: not double.NaN, SpanEnd: not double.NaN } => string.Create(CultureInfo.InvariantCulture, $"{emission.SpanStart:0.0} to {emission.SpanEnd:0.0} s"),
        { Time: not double.NaN } => string.Create(CultureInfo.InvariantCulture, $"at {emission.Time:0.0} s"),
        { Text.IsEmpty: true } => "in the end",
        _ => string.Create(CultureInfo.InvariantCulture, $"letter {emission.Step + 1}"),
    };

    private static string Score(Emission emission) => float.IsNaN(emission.Score) ? "" : string.Create(CultureInfo.InvariantCulture, $" ({emission.Score:0.00})");

    private static string Parts(Emission emission)
        => string.Concat(Enumerable.Range(0, emission.PartCount).Select(part => $"{(part == 0 ? ": " : ", ")}{Encoding.UTF8.GetString(emission.PartText(part))}"));
}
