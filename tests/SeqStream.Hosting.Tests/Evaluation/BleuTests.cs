using SeqStream.Hosting.Evaluation;

namespace SeqStream.Hosting.Tests.Evaluation;

/// <summary>Figures computed by hand from the definition.</summary>
public sealed class BleuTests
{
    [Fact]
    public void Equal_texts_are_a_hundred_percent() => Assert.Equal(100, Of(("a man plays the guitar .", "a man plays the guitar .")), 10);

    [Fact]
    public void Precisions_are_those_of_all_sentences_together()
    {
        // 1-grams: 4 of 5 and 4 of 4; 2-grams: 3 of 4 and 3 of 3; 3-grams: 2 of 3 and 2 of 2; 4-grams: 1 of 2 and 1 of 1. Lengths 9 and 9.
        double expected = 100 * Math.Pow(8.0 / 9 * 6 / 7 * 4 / 5 * 2 / 3, 0.25);
        Assert.Equal(expected, Of(("a b c d x", "a b c d e"), ("f g h i", "f g h i")), 10);
    }

    [Fact]
    public void A_word_counts_as_often_as_the_reference_has_it()
    {
        // "the" is right twice of 7; of the pairs "the the" none stands in the reference.
        Assert.Equal(0, Of(("the the the the the the the", "the cat is on the mat .")));
        // 1-grams 5 of 6 ("a" once), 2-grams 4 of 5, 3-grams 3 of 4, 4-grams 2 of 3.
        Assert.Equal(100 * Math.Pow(5.0 / 6 * 4 / 5 * 3 / 4 * 2 / 3, 0.25), Of(("a a b c d e", "a b c d e f")), 10);
    }

    [Fact]
    public void A_short_answer_is_penalised()
        => Assert.Equal(100 * Math.Exp(1 - (6.0 / 4)), Of(("a b c d", "a b c d e f")), 10);

    [Fact]
    public void A_long_answer_only_loses_precision()
        => Assert.Equal(100 * Math.Pow(4.0 / 6 * 3 / 5 * 2 / 4 * 1 / 3, 0.25), Of(("a b c d e f", "a b c d")), 10);

    [Theory]
    [InlineData("A man's \"t-shirt\", isn't it?", "A|man's|\"|t-shirt|\"|,|isn't|it|?")]
    [InlineData("3,5 m. 1.000 1990-95 (ok) a/b", "3,5|m|.|1.000|1990|-|95|(|ok|)|a|/|b")]
    [InlineData("Mr. X, 5.", "Mr|.|X|,|5|.")]
    [InlineData("&quot;a&quot; &amp; b", "\"|a|\"|&|b")]
    [InlineData("", "")]
    public void Words_are_those_of_mteval_13a(string text, string words) => Assert.Equal(words, string.Join('|', Bleu.WordsOf(text)));

    private static double Of(params (string Answer, string Reference)[] sentences)
    {
        Bleu bleu = new();
        foreach ((string answer, string reference) in sentences) bleu.Add(answer, reference);
        return bleu.Percent;
    }
}
