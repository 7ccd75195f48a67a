using System.Text;

namespace SeqStream.FrontEnds.Text;

public sealed class SentenceSplitterTests
{
    [Theory]
    [InlineData("L'homme à l’air d'un t-shirt « bleu », 3,5 m.", "L'|homme|à|l'|air|d'|un|t-shirt|\"|bleu|\"|,|3,5|m|.")]
    [InlineData("un homme joue de la guitare .", "un|homme|joue|de|la|guitare|.")]
    [InlineData("- Qui-là? -non- 'oui'", "-|Qui-là|?|\n|-|non|-|'|oui|'")]
    [InlineData("Il y a 3.5, 1,5. et 2.", "Il|y|a|3.5|,|1,5|.|\n|et|2|.")]
    [InlineData("Fin. Début ! Et... oui", "Fin|.|\n|Début|!|\n|Et|.|.|.|\n|oui")]
    [InlineData("M. J.P. Morgan dit \"non.\" Bien.", "M|.|J|.|P|.|Morgan|dit|\"|non|.|\"|\n|Bien|.")]
    [InlineData("a\nb\r\nc", "a|\n|b|\n|c")]
    [InlineData("", "")]
    [InlineData(" \t\u00a0\u202f\u200b ", "")]
    [InlineData("👩‍🚀🙂 שלום עולם مرحبا", "👩|🚀|🙂|שלום|עולם|مرحبا")]
    [InlineData("'", "'")]
    [InlineData("a'", "a|'")]
    [InlineData("a-", "a|-")]
    [InlineData("a--b", "a|-|-|b")]
    public void French_is_split_into_words_marks_and_sentences(string text, string words) => Assert.Equal(words, Split(text, elide: true));

    [Theory]
    [InlineData("A man's \"do-not\" (sign) isn't.", "A|man|'s|\"|do-not|\"|(|sign|)|isn|'t|.")]
    [InlineData("dogs' rock'n'roll", "dogs|'|rock|'n|'roll")]
    public void English_apostrophes_begin_a_word(string text, string words) => Assert.Equal(words, Split(text, elide: false));

    [Fact]
    public void A_text_in_pieces_is_split_as_the_whole()
    {
        const string text = "L'été, « Zoé » a-t-elle 3,5 ans ? Oui... J.P. l'a dit. 🙂";
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        string expected = Split(text, elide: true);
        foreach (Rune[] runes in new[] { text.EnumerateRunes().ToArray() })
        {
            SentenceSplitter splitter = new(elide: true);
            TokenQueue words = new();
            foreach (Rune rune in runes) splitter.Add(Encoding.UTF8.GetBytes(rune.ToString()), words);
            splitter.End(words);
            Assert.Equal(expected, Show(words));
        }
    }

    [Fact]
    public void A_word_without_an_end_is_cut()
    {
        string[] words = Split(new string('é', 200), elide: true).Split('|');
        Assert.Equal([64, 64, 64, 8], words.Select(static word => word.Length));
    }

    private static string Split(string text, bool elide)
    {
        SentenceSplitter splitter = new(elide);
        TokenQueue words = new();
        splitter.Add(Encoding.UTF8.GetBytes(text), words);
        splitter.End(words);
        return Show(words);
    }

    private static string Show(TokenQueue words) => string.Join('|', Enumerable.Range(0, words.Count).Select(i => Encoding.UTF8.GetString(words[i].Span)));
}
