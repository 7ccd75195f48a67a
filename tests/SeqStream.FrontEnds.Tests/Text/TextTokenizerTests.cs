using System.Text;

namespace SeqStream.FrontEnds.Text;

public sealed class TextTokenizerTests
{
    private readonly TextTokenizer _tokenizer = new();
    private readonly TokenQueue _tokens = new();

    [Theory]
    [InlineData("Harry Potter and Hermione Granger invented a new spell.", "Harry|Potter|and|Hermione|Granger|invented|a|new|spell|.")]
    [InlineData("", "")]
    [InlineData("  \t \n ", "")]
    [InlineData("Dr. J. Smith of the U.S. met St. John.", "Dr.|J.|Smith|of|the|U.S.|met|St.|John|.")]
    [InlineData("It ended. Then it began.", "It|ended|.|Then|it|began|.")]
    [InlineData("He left the U.S.", "He|left|the|U.S|.")]
    [InlineData("\"Hello,\" she said.", "\"|Hello|,|\"|she|said|.")]
    [InlineData("``Run It!'' he said", "``|Run|It|!|''|he|said")]
    [InlineData("“Curly” ‘quotes’", "“|Curly|”|‘|quotes|’")]
    [InlineData("It's John's, isn't it? You're right", "It|'s|John|'s|,|is|n't|it|?|You|'re|right")]
    [InlineData("Peter's team, the O'Grady brothers' d'Agoult", "Peter|'s|team|,|the|O'Grady|brothers|'|d'Agoult")]
    [InlineData("John 's n't 's.", "John|'s|n't|'s|.")]
    [InlineData("cost $96,598 or 3.5% (1990–1998)", "cost|$|96,598|or|3.5|%|(|1990–1998|)")]
    [InlineData("one,two f(x) [a]{b}", "one|,|two|f|(|x|)|[|a|]|{|b|}")]
    [InlineData("north-west a--b well—known and... so…", "north-west|a|--|b|well|—|known|and|...|so|…")]
    [InlineData("Карл Маркс 대성산 Čapljina École Lindström", "Карл|Маркс|대성산|Čapljina|École|Lindström")]
    [InlineData("emoji 🙂 and e\u0301", "emoji|🙂|and|e\u0301")]
    [InlineData("@user #tag http://x.org/a?b=c", "@user|#tag|http://x.org/a?b=c")]
    [InlineData("''' .'' ...)", "''|'|.|''|...|)")]
    [InlineData("a\u0003b c\u00A0d\u0000", "a|b|c|d")]
    public void Line_is_split_like_a_treebank(string line, string expected) => Assert.Equal(expected, Tokens(line));

    [Fact]
    public void Pieces_of_any_length_give_the_tokens_of_the_whole()
    {
        const string Line = "Dr. Who's \"friend\" left the U.S. (in 1,999...) Really? Čapljina, 대성산 spell.\"";
        byte[] utf8 = Encoding.UTF8.GetBytes(Line);
        string whole = Tokens(Line);
        Random random = new(1);
        for (int round = 0; round < 200; round++)
        {
            _tokens.Clear();
            for (int at = 0; at < utf8.Length;)
            {
                int to = Math.Min(utf8.Length, at + random.Next(1, 6));
                while (to < utf8.Length && (utf8[to] & 0xC0) == 0x80) to++;
                _tokenizer.Add(utf8.AsSpan(at, to - at), _tokens);
                at = to;
            }
            _tokenizer.End(_tokens);
            Assert.Equal(whole, Waiting());
        }
    }

    [Fact]
    public void Word_is_ready_once_a_blank_follows()
    {
        _tokenizer.Add("Harry Pot"u8, _tokens);
        Assert.Equal("Harry", Waiting());
        _tokenizer.Add("ter "u8, _tokens);
        Assert.Equal("Harry|Potter", Waiting());
    }

    [Fact]
    public void Word_with_a_period_waits_for_the_next_letter()
    {
        _tokenizer.Add("St. "u8, _tokens);
        Assert.Equal("", Waiting());
        _tokenizer.Add("J"u8, _tokens);
        Assert.Equal("St.", Waiting());
    }

    [Fact]
    public void Tokens_stay_as_they_are()
    {
        _tokenizer.AddTokens("St. John's ( a ) don't  spell."u8, _tokens);
        Assert.Equal("St.|John's|(|a|)|don't|spell.", Waiting());
    }

    [Fact]
    public void Endless_word_is_cut()
    {
        _tokenizer.Add(Encoding.UTF8.GetBytes(new string('é', TextTokenizer.MaxChunk * 2 + 5)), _tokens);
        _tokenizer.End(_tokens);
        Assert.Equal(3, _tokens.Count);
        Assert.Equal(TextTokenizer.MaxChunk * 2, _tokens[0].Length);
        Assert.Equal(10, _tokens[2].Length);
    }

    [Fact]
    public void Bad_bytes_are_named()
    {
        Assert.Null(TextTokenizer.Check("é"u8));
        Assert.Contains("UTF-8", TextTokenizer.Check([0x61, 0xC3]), StringComparison.Ordinal);
    }

    [Fact]
    public void Queue_keeps_order_while_words_come_and_go()
    {
        Random random = new(2);
        Queue<string> expected = new();
        for (int i = 0; i < 2000; i++)
        {
            string word = new('x', random.Next(1, 90));
            _tokenizer.AddTokens(Encoding.UTF8.GetBytes(word), _tokens);
            expected.Enqueue(word);
            while (expected.Count > random.Next(0, 6))
            {
                Assert.Equal(expected.Dequeue(), Encoding.UTF8.GetString(_tokens[0].Span));
                _tokens.Drop(1);
            }
        }
        Assert.Equal(expected.Count, _tokens.Count);
    }

    private string Tokens(string line)
    {
        _tokens.Clear();
        _tokenizer.Add(Encoding.UTF8.GetBytes(line), _tokens);
        _tokenizer.End(_tokens);
        return Waiting();
    }

    private string Waiting() => string.Join('|', Enumerable.Range(0, _tokens.Count).Select(i => Encoding.UTF8.GetString(_tokens[i].Span)));
}
