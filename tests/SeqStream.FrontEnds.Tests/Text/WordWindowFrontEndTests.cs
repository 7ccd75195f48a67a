using System.Text;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Text;

public sealed class WordWindowFrontEndTests : IDisposable
{
    private static readonly int[] s_grams = [2, 3, 4];
    private static readonly int s_slots = WordFeatures.SlotsFor(s_grams);
    private readonly Inputs _inputs = new(Inputs.Integers("ids", 4 * s_slots), Inputs.Floats("weights", 4 * s_slots));
    private readonly WordFeatures _features = new(32768, s_grams);
    private readonly IFrontEnd _frontEnd;

    public WordWindowFrontEndTests()
        => _frontEnd = _inputs.Create("""{"type":"word-window","back":1,"ahead":2,"buckets":32768,"grams":[2,3,4]}""");

    [Fact]
    public void Step_waits_for_its_look_ahead_and_the_end_releases_the_rest()
    {
        Assert.True(_frontEnd.Accept(Inputs.Text("one two ", FrameContent.Text), 1).IsAccepted);
        Assert.Empty(Drain());
        Assert.True(_frontEnd.Accept(Inputs.Text("three four ", FrameContent.Text), 2).IsAccepted);
        Assert.Equal(["one", "two"], Drain());
        _frontEnd.End();
        Assert.Equal(["three", "four"], Drain());
    }

    [Fact]
    public void Window_holds_neighbours_and_marks_beyond_the_ends()
    {
        _frontEnd.Accept(Inputs.Text("ab cd ef"), 0);
        _frontEnd.End();
        foreach (string?[] window in new string?[][] { ["<", "ab", "cd", "ef"], ["ab", "cd", "ef", ">"], ["cd", "ef", ">", ">"] })
        {
            Assert.Single(Drain(1));
            for (int i = 0; i < window.Length; i++) AssertWord(window[i]!, i);
        }
        Assert.Empty(Drain());
    }

    [Fact]
    public void Sequence_after_an_end_starts_afresh()
    {
        List<long[]> first = Run("Harry Potter left");
        List<long[]> second = Run("Harry Potter left");
        Assert.Equal(3, first.Count);
        Assert.Equal(first, second);
    }

    [Fact]
    public void Reset_drops_what_waits()
    {
        List<long[]> expected = Run("new words here");
        _frontEnd.Accept(Inputs.Text("some old wor"), 0);
        Drain(1);
        _frontEnd.Reset();
        Assert.Equal(expected, Run("new words here"));
    }

    [Fact]
    public void Tokens_and_text_give_the_same_steps()
    {
        List<long[]> expected = Run("Dr. Who left the U.S. (again).");
        _frontEnd.Accept(Inputs.Text("Dr. Who left the U.S. ( again ) .", FrameContent.Tokens), 0);
        _frontEnd.End();
        Assert.Equal(expected, DrainIds());
    }

    [Fact]
    public void Empty_line_has_no_steps()
    {
        Assert.True(_frontEnd.Accept(Inputs.Text(""), 0).IsAccepted);
        _frontEnd.End();
        Assert.Empty(Drain());
    }

    [Fact]
    public void Word_of_any_length_has_all_slots_and_no_more()
    {
        foreach (int length in new[] { 1, 19, 20, 21, 22, 5000 })
        {
            List<long[]> steps = Run(new string('w', length), FrameContent.Tokens);
            Assert.Equal(Math.Min(s_slots, 3 + s_grams.Sum(n => Math.Max(0, length + 2 - n + 1))), steps[0].Skip(s_slots).Take(s_slots).Count(id => id != 0));
        }
    }

    [Fact]
    public void Pairs_tell_a_word_by_the_one_before_it()
    {
        int slots = WordFeatures.SlotsFor(s_grams, hasPairs: true);
        using Inputs inputs = new(Inputs.Integers("ids", slots), Inputs.Floats("weights", slots));
        IFrontEnd pairs = inputs.Create("""{"type":"word-window","back":0,"ahead":0,"buckets":32768,"grams":[2,3,4],"pairs":true}""");
        List<long> ids = [];
        foreach (string text in (string[])["not good", "Not GOOD", "very good", "good"])
        {
            Assert.True(pairs.Accept(Inputs.Text(text), 0).IsAccepted);
            pairs.End();
            StepNote note = default;
            while (pairs.TryNext(inputs.Next, ref note)) ids.Add(inputs.Next.Integers(0)[3]);
            Assert.Equal(1, inputs.Next.Floats(1)[3]);
        }
        Assert.Equal(ids[..2], ids[2..4]);
        Assert.Equal(5, ids.Distinct().Count());
    }

    [Fact]
    public void Refused_frame_leaves_no_trace()
    {
        List<long[]> expected = Run("one two three");
        _frontEnd.Accept(Inputs.Text("one tw"), 0);
        FrameVerdict bytes = _frontEnd.Accept(Inputs.Text([0x20, 0xFF]), 0);
        FrameVerdict numbers = _frontEnd.Accept(Inputs.Values(1, 2), 0);
        Assert.Contains("UTF-8", bytes.Problem, StringComparison.Ordinal);
        Assert.Contains("expected text", numbers.Problem, StringComparison.Ordinal);
        _frontEnd.Accept(Inputs.Text("o three"), 0);
        _frontEnd.End();
        Assert.Equal(expected, DrainIds());
    }

    [Fact]
    public void Steps_allocate_nothing_after_warm_up()
    {
        FramePayload payload = Inputs.Text("Dr. Hermione Granger's spell-book (1999) cost $3.50, didn't it? Yes… Čapljina 대성산. ");
        StepNote note = default;
        Run();
        Assert.Equal(0, Allocation.Of(Run));

        void Run()
        {
            for (int round = 0; round < 30; round++)
            {
                _frontEnd.Accept(payload, 0);
                while (_frontEnd.TryNext(_inputs.Next, ref note)) { }
                if (round % 3 == 0) _frontEnd.End();
                while (_frontEnd.TryNext(_inputs.Next, ref note)) { }
            }
        }
    }

    private void AssertWord(string word, int place)
    {
        long[] ids = new long[s_slots];
        float[] weights = new float[s_slots];
        if (word is "<" or ">") _features.WriteMark(word == "<", ids, weights);
        else _features.Write(Encoding.UTF8.GetBytes(word), ids, weights);
        Assert.Equal(ids, _inputs.Next.Integers(0).Slice(place * s_slots, s_slots).ToArray());
        Assert.Equal(weights, _inputs.Next.Floats(1).Slice(place * s_slots, s_slots).ToArray());
    }

    private List<long[]> Run(string text, FrameContent content = FrameContent.Text)
    {
        _frontEnd.Accept(Inputs.Text(text, content), 0);
        _frontEnd.End();
        return DrainIds();
    }

    private List<long[]> DrainIds()
    {
        List<long[]> steps = [];
        StepNote note = default;
        while (_frontEnd.TryNext(_inputs.Next, ref note)) steps.Add(_inputs.Next.Integers(0).ToArray());
        return steps;
    }

    private List<string> Drain(int most = int.MaxValue)
    {
        List<string> words = [];
        StepNote note = default;
        while (words.Count < most && _frontEnd.TryNext(_inputs.Next, ref note)) words.Add(Encoding.UTF8.GetString(note.Text.Span));
        return words;
    }

    public void Dispose() => _inputs.Dispose();
}
