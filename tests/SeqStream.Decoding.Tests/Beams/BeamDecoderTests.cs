using SeqStream.Contracts;
using SeqStream.State;
using SeqStream.TestSupport;

namespace SeqStream.Decoding.Beams;

public sealed class BeamDecoderTests : IDisposable
{
    /// <summary>"a cat ." is begun best, "dog ." is the better sentence.</summary>
    private readonly TinyTranslator _model = new()
    {
        Next = new()
        {
            [""] = "a=0.6 dog=0.4",
            ["a"] = "cat=0.31 dog=0.3 .=0.3",
            ["dog"] = ".=0.9 I=0.1",
            ["a cat"] = ".=0.9 cat=0.1",
            ["a dog"] = ".=0.9 cat=0.1",
        },
    };

    public void Dispose() => _model.Dispose();

    [Fact]
    public void The_best_word_at_every_step_is_said_as_it_is_chosen()
    {
        Translate(_model, _model.Create(width: 1), "un", "chat");
        Assert.Equal(["...a", "...a cat", "...a cat.", "a cat."], _model.Said);
        Assert.Equal(Math.Pow(0.6 * 0.31 * 0.9, 1.0 / 4), _model.LastScore, 5);
    }

    [Fact]
    public void A_beam_finds_the_better_sentence_and_takes_nothing_back()
    {
        Translate(_model, _model.Create(), "un", "chat");
        Assert.Equal("dog.", _model.Said[^1]);
        Assert.Equal(Math.Pow(0.4 * 0.9, 1.0 / 3), _model.LastScore, 5);
        foreach (string said in _model.Said) Assert.StartsWith(said.TrimStart('.'), "dog.", StringComparison.Ordinal);
    }

    [Fact]
    public void Words_are_said_as_soon_as_all_hypotheses_agree()
    {
        using TinyTranslator model = new() { Next = new() { [""] = "I=1", ["I"] = "dog=0.5 cat=0.5", ["I dog"] = ".=1", ["I cat"] = "a=0.5 I=0.5" } };
        Translate(model, model.Create(3, ""","margin":5"""), "je");
        Assert.Equal(["...I", "I dog."], model.Said);
    }

    [Fact]
    public void A_hypothesis_beyond_the_margin_is_given_up()
    {
        Translate(_model, _model.Create(3, ""","margin":0.1"""), "un");
        Assert.Equal("a cat.", _model.Said[^1]);
    }

    [Fact]
    public void Without_length_power_a_short_sentence_is_not_worth_more()
    {
        using TinyTranslator model = new() { Next = new() { [""] = "<end>=0.3 a=0.7", ["a"] = "cat=0.9 <end>=0.1", ["a cat"] = "<end>=0.4 .=0.6" } };
        Translate(model, model.Create(3, ""","lengthPower":0"""), "un");
        Assert.Equal("a cat.", model.Said[^1]);
        using TinyTranslator shorter = new() { Next = new() { [""] = "<end>=0.4 a=0.6", ["a"] = "cat=0.5 dog=0.5", ["a cat"] = ".=1", ["a dog"] = ".=1" } };
        Translate(shorter, shorter.Create(3, ""","lengthPower":0"""), "un");
        Assert.Equal("", shorter.Said[^1]);
    }

    [Fact]
    public void An_unknown_word_is_copied_from_where_it_looked()
    {
        using TinyTranslator model = new() { Next = new() { [""] = "a=1", ["a"] = "<unknown>=1", ["a <unknown>"] = "'s=1", ["a <unknown> 's"] = "dog=1" }, Looks = 2 };
        Translate(model, model.Create(), "le", "chien", "d'", "Abidjan");
        Assert.Equal("a d''s dog", model.Said[^1]);
        model.Said.Clear();
        Translate(model, model.Create(), "Le", "de", "Abidjan");
        Assert.Equal("A Abidjan's dog", model.Said[^1]);
    }

    [Fact]
    public void An_answer_without_end_is_cut_at_twice_its_source_and_ten_words()
    {
        using TinyTranslator model = new() { Next = Enumerable.Range(0, 60).ToDictionary(static count => string.Join(' ', Enumerable.Repeat("dog", count)), static _ => "dog=1") };
        Translate(model, model.Create(1), "un", "chien");
        Assert.Equal(14, model.Said[^1].Split(' ').Length);
        model.Said.Clear();
        Translate(model, model.Create(3, ""","longest":5"""), "un", "chien");
        Assert.Equal(5, model.Said[^1].Split(' ').Length);
    }

    [Fact]
    public void Marks_are_joined_as_in_English()
    {
        using TinyTranslator model = new() { Next = new() { [""] = "\"=1", ["\""] = "I=1", ["\" I"] = "\"=1", ["\" I \""] = "dog=1", ["\" I \" dog"] = "'s=1", ["\" I \" dog 's"] = ".=1" } };
        Translate(model, model.Create(), "je");
        Assert.Equal("\"I\" dog's.", model.Said[^1]);
    }

    [Fact]
    public void A_second_sentence_knows_nothing_of_the_first()
    {
        IFeedbackDecoder decoder = _model.Create();
        Translate(_model, decoder, "Un", "chat");
        Assert.True(decoder.IsIdle);
        List<string> first = [.. _model.Said];
        _model.Said.Clear();
        Translate(_model, decoder, "Un", "chat");
        Assert.Equal(first, _model.Said);
        Assert.Equal("Dog.", first[^1]);
    }

    [Fact]
    public void Saved_at_every_step_it_goes_on_as_if_nothing_had_happened()
    {
        IFeedbackDecoder whole = _model.Create();
        Translate(_model, whole, "Un", "chat");
        List<string> expected = [.. _model.Said];
        for (int place = 0; place < 6; place++)
        {
            _model.Said.Clear();
            IFeedbackDecoder first = _model.Create(), second = _model.Create();
            _model.Read(second, "autre");
            _model.Read(first, "Un");
            first = place == 0 ? Moved(first, second) : first;
            _model.Read(first, "chat");
            _model.Begin(first);
            _model.Write(first, place);
            second = _model.Create();
            first = Moved(first, second);
            _model.Write(first);
            Assert.Equal(expected, _model.Said);
        }
    }

    [Fact]
    public void Cut_or_damaged_bytes_are_refused_or_harmless()
    {
        IFeedbackDecoder saved = _model.Create();
        _model.Read(saved, "Un", "chat");
        _model.Begin(saved);
        _model.Write(saved, 1);
        StateWriter writer = new();
        saved.Save(writer);
        byte[] bytes = writer.Written.ToArray();
        Random random = new(1);
        for (int cut = 0; cut < bytes.Length; cut++) Assert.Throws<StateSnapshotException>(() => Restore(_model.Create(), bytes.AsSpan(0, cut)));
        for (int trial = 0; trial < 2000; trial++)
        {
            byte[] damaged = [.. bytes];
            for (int flips = random.Next(1, 4); flips > 0; flips--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                _model.Write(Restore(_model.Create(), damaged));
            }
            catch (StateSnapshotException)
            {
            }
        }
    }

    [Fact]
    public void Steps_allocate_nothing_after_warm_up()
    {
        using TinyTranslator model = new() { Next = new() { [""] = "a=0.6 dog=0.4" } };
        IFeedbackDecoder decoder = model.Create();
        QuietWriter quiet = new();
        StepNote word = new() { Text = "chat"u8.ToArray() }, none = default;
        model.Begin(model.Create());
        long allocated = -1;
        for (int round = 0; round < 40; round++)
        {
            bool isKnown = Allocation.TryOf(() =>
            {
                decoder.Accept(new StepResult(model, 0, 0, word), quiet);
                decoder.Accept(new StepResult(model, 0, 1, none), quiet);
                for (int step = 0; decoder.TryNext(new StepInputs(model, 0), ref none); step++) decoder.Accept(new StepResult(model, 0, 2 + step, none), quiet);
            }, out long bytes);
            if (isKnown) allocated = bytes;
        }
        Assert.Equal(0, allocated);
        Assert.Equal(0, quiet.Out);
    }

    [Theory]
    [InlineData(""","width":9""", "from 1 to 3")]
    [InlineData(""","words":"absent.txt" """, "cannot be read")]
    public void A_card_that_cannot_be_used_is_refused(string more, string problem)
        => Assert.Contains(problem, Assert.Throws<CardException>(() => _model.Create(3, more)).Message, StringComparison.Ordinal);

    private static void Translate(TinyTranslator model, IFeedbackDecoder decoder, params string[] words)
    {
        model.Read(decoder, words);
        model.Begin(decoder);
        model.Write(decoder);
    }

    private static IFeedbackDecoder Moved(IFeedbackDecoder from, IFeedbackDecoder to)
    {
        StateWriter writer = new();
        from.Save(writer);
        return Restore(to, writer.Written);
    }

    private static IFeedbackDecoder Restore(IFeedbackDecoder decoder, ReadOnlySpan<byte> bytes)
    {
        StateReader reader = new(bytes);
        decoder.Restore(ref reader);
        return decoder;
    }

    /// <summary>Gives every emission back at once.</summary>
    private sealed class QuietWriter : IEmissionWriter
    {
        private readonly EmissionPool _pool = new();

        public int Out { get; private set; }

        public Emission Rent()
        {
            Out++;
            return _pool.Rent();
        }

        public void Write(Emission emission)
        {
            Out--;
            _pool.Return(emission);
        }
    }
}
