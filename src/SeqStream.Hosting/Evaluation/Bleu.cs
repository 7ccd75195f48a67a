using System.Text.RegularExpressions;

namespace SeqStream.Hosting.Evaluation;

/// <summary>
/// BLEU of a whole corpus with one reference a sentence (Papineni, Roukos, Ward, Zhu: "BLEU: a method for automatic evaluation of machine translation", ACL 2002): the geometric mean of the
/// clipped precisions of 1- to 4-grams, times the brevity penalty. Words are those of mteval-v13a ("13a"): marks stand alone, points and commas stay inside numbers.
/// </summary>
internal sealed partial class Bleu
{
    private const int Longest = 4;
    private readonly long[] _right = new long[Longest];   // [n - 1] n-grams that stand in the reference too, each as often as there
    private readonly long[] _all = new long[Longest];     // [n - 1] n-grams of the answers
    private long _answered;                               // words
    private long _wanted;                                 // words

    /// <summary>In percent; 0 while there is an order of which no n-gram is right.</summary>
    public double Percent
    {
        get
        {
            if (_right.Contains(0)) return 0;
            double precision = _right.Zip(_all, static (right, all) => Math.Log((double)right / all)).Average();
            return 100 * Math.Exp(precision + Math.Min(0, 1 - ((double)_wanted / _answered)));
        }
    }

    /// <summary>Counts a sentence.</summary>
    public void Add(string answer, string reference)
    {
        string[] answered = WordsOf(answer), wanted = WordsOf(reference);
        _answered += answered.Length;
        _wanted += wanted.Length;
        for (int n = 1; n <= Longest; n++)
        {
            Dictionary<string, int> found = CountsOf(answered, n), expected = CountsOf(wanted, n);
            _all[n - 1] += Math.Max(0, answered.Length - n + 1);
            _right[n - 1] += found.Sum(pair => (long)Math.Min(pair.Value, expected.GetValueOrDefault(pair.Key)));
        }
    }

    /// <summary>The words of a text.</summary>
    public static string[] WordsOf(string text)
    {
        string apart = text.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        apart = Mark().Replace($" {apart} ", " $1 ");
        apart = PointBehindOther().Replace(apart, "$1 $2 ");
        apart = PointBeforeOther().Replace(apart, " $1 $2");
        apart = HyphenBehindDigit().Replace(apart, "$1 $2 ");
        return apart.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    private static Dictionary<string, int> CountsOf(string[] words, int n)
    {
        Dictionary<string, int> counts = [];
        for (int at = 0; at + n <= words.Length; at++)
        {
            string gram = string.Join('\n', words, at, n);
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }
        return counts;
    }

    [GeneratedRegex(@"([\{-\~\[-\` -\&\(-\+\:-\@\/])")]
    private static partial Regex Mark();

    [GeneratedRegex(@"([^0-9])([\.,])")]
    private static partial Regex PointBehindOther();

    [GeneratedRegex(@"([\.,])([^0-9])")]
    private static partial Regex PointBeforeOther();

    [GeneratedRegex(@"([0-9])(-)")]
    private static partial Regex HyphenBehindDigit();
}
