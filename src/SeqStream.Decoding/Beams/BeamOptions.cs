using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.Decoding.Beams;

/// <summary>What a <see cref="BeamDecoder"/> knows of the model and how it searches.</summary>
/// <param name="Words">[id] a word in UTF-8; marks are never said.</param>
/// <param name="Unknown">Id that stands for a word of the source, which is copied.</param>
/// <param name="End">Id that ends a sentence.</param>
/// <param name="Forbidden">Ids that are never chosen.</param>
/// <param name="Width">Hypotheses that are followed; 1 takes the best word at every step.</param>
/// <param name="Rows">Hypotheses of the model, at least <paramref name="Width"/>.</param>
/// <param name="Longest">Most words of an answer.</param>
/// <param name="LengthPower">A finished hypothesis of n words, its end counted, is worth its log-probability divided by n to this power.</param>
/// <param name="Margin">A hypothesis is given up when its log-probability lies below the best one's by more than this.</param>
/// <param name="Ports">The model's ports.</param>
public sealed record BeamOptions(ImmutableArray<byte[]> Words, int Unknown, int End, ImmutableArray<int> Forbidden, int Width, int Rows, int Longest, double LengthPower, double Margin, BeamPorts Ports)
{
    private const string UnknownWord = "<unknown>", EndWord = "<end>";

    /// <summary>
    /// Reads <c>words</c> (a file beside the card: line n, from 0, is the word of id n; the marks <c>&lt;unknown&gt;</c> and <c>&lt;end&gt;</c> among them, all in angle brackets), <c>width</c>,
    /// <c>longest</c>, <c>lengthPower</c> and <c>margin</c>.
    /// </summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks a port.</exception>
    public static BeamOptions Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        ImmutableArray<string> words = card.Lines("words");
        int unknown = words.IndexOf(UnknownWord), end = words.IndexOf(EndWord);
        if (unknown < 0 || end < 0) throw card.Refuse("words", $"the file has {words.Length} lines, of which none is '{(unknown < 0 ? UnknownWord : EndWord)}'; expected the model's words, one a line. Use the file that was made with the model.");
        BeamPorts ports = BeamPorts.Find(card, signature, words.Length, out int rows);
        ImmutableArray<int> forbidden = [.. Enumerable.Range(0, words.Length).Where(id => id != unknown && id != end && words[id] is ['<', _, .., '>'])];
        int width = (int)card.Whole("width", 1, rows, rows);
        if (words.Length - forbidden.Length < 2 * width) throw card.Refuse("width", string.Create(CultureInfo.InvariantCulture, $"found {width} hypotheses of {words.Length} words, expected at least two words for each."));
        return new BeamOptions([.. words.Select(Encoding.UTF8.GetBytes)], unknown, end, forbidden, width, rows, (int)card.Whole("longest", 1, 10000, 100), card.Number("lengthPower", 0, 10, 1), card.Number("margin", 0, double.MaxValue, double.MaxValue), ports);
    }
}
