using System.Text;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.Decoding.Words;

public sealed class MovingWordsDecoderTests : IDisposable
{
    private const string Card = """{"type":"moving-words","watch":["bad","worse"],"most":2,"least":0.5,"prior":-1}""";

    private readonly Outputs _outputs = new(Outputs.Floats("logits", 3));
    private readonly List<string> _said = [];

    public MovingWordsDecoderTests() => _outputs.Written = emission => _said.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{emission.Step} {emission.Label} {emission.Score:0.00}{(emission.IsPartial ? " so far" : "")} '{Encoding.UTF8.GetString(emission.Text)}'{string.Concat(Enumerable.Range(0, emission.PartCount).Select(i => string.Create(System.Globalization.CultureInfo.InvariantCulture, $" {Encoding.UTF8.GetString(emission.PartText(i))}:{emission.PartScore(i):0.00}")))}"));

    [Fact]
    public void End_names_the_words_that_moved_the_log_odds_most_greatest_first()
    {
        IDecoder decoder = _outputs.Create(Card, "bad", "worse", "fine");
        Step(decoder, -1.25f, "you");   // from -1 by -0.25: too little
        Step(decoder, 2.75f, "rotter"); // +4
        Step(decoder, 2.15f, "dear");   // -0.6, dropped for the next
        Step(decoder, -0.85f, "joking"); // -3
        decoder.End(_outputs);
        Assert.Equal(["3 fine 0.70 so far 'joking'", "3 fine 0.70 '' rotter:4.00 joking:-3.00"], _said[3..]);
    }

    [Fact]
    public void Change_is_that_of_all_watched_labels_together()
    {
        IDecoder decoder = _outputs.Create(Card, "bad", "worse", "fine");
        _outputs.Step(decoder, [0, 0, MathF.Log(2)], "even");
        _outputs.Step(decoder, [-50, MathF.Log(2), MathF.Log(2)], "still");
        decoder.End(_outputs);
        Assert.EndsWith("'' even:1.00", _said[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_equal_changes_the_first_is_named()
    {
        IDecoder decoder = _outputs.Create(Card, "bad", "worse", "fine");
        Step(decoder, 0, "a");
        Step(decoder, 1, "b");
        Step(decoder, 0, "c");
        decoder.End(_outputs);
        Assert.EndsWith("'' a:1.00 b:1.00", _said[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Text_without_words_has_no_answer_and_the_next_one_starts_afresh()
    {
        IDecoder decoder = _outputs.Create(Card, "bad", "worse", "fine");
        decoder.End(_outputs);
        Assert.Empty(_said);
        Step(decoder, 5, "a");
        decoder.End(_outputs);
        Step(decoder, 5, "a");
        decoder.End(_outputs);
        Assert.EndsWith("'' a:6.00", _said[1], StringComparison.Ordinal);
        Assert.Equal(_said[1][1..], _said[3][1..]);
    }

    [Fact]
    public void Scores_beyond_the_range_of_exp_give_finite_changes()
    {
        IDecoder decoder = _outputs.Create(Card, "bad", "worse", "fine");
        _outputs.Written = emission => Assert.All(Enumerable.Range(0, emission.PartCount), i => Assert.True(float.IsFinite(emission.PartScore(i))));
        Step(decoder, 500, "a");
        Step(decoder, -500, "b");
        decoder.End(_outputs);
    }

    [Fact]
    public void Steps_allocate_nothing_after_warm_up()
    {
        IDecoder decoder = _outputs.Create(Card, "bad", "worse", "fine");
        _outputs.IsQuiet = true;
        _outputs.Written = null;
        byte[] text = Encoding.UTF8.GetBytes("word");
        float[] high = [1, 2, 3], low = [3, 2, 1];
        for (int i = 0; i < 4; i++) _outputs.Step(decoder, i % 2 == 0 ? high : low, text);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 20; i++) _outputs.Step(decoder, i % 2 == 0 ? high : low, text);
        }));
    }

    [Theory]
    [InlineData("""{"type":"moving-words","watch":["cruel"]}""", "'decoder.watch': found 'cruel', expected labels of the card")]
    [InlineData("""{"type":"moving-words","watch":["bad","worse","fine"]}""", "but not all of them")]
    [InlineData("""{"type":"moving-words","watch":[]}""", "expected some of the card's labels")]
    [InlineData("""{"type":"moving-words"}""", "'decoder.watch': the key is missing")]
    public void Bad_card_is_refused(string card, string problem)
        => Assert.Contains(problem, Assert.Throws<CardException>(() => _outputs.Create(card, "bad", "worse", "fine")).Message, StringComparison.Ordinal);

    public void Dispose() => _outputs.Dispose();

    /// <summary>A step whose log-odds of bad or worse against fine are as given.</summary>
    private void Step(IDecoder decoder, float logOdds, string word) => _outputs.Step(decoder, [logOdds, -1000, 0], word);
}
