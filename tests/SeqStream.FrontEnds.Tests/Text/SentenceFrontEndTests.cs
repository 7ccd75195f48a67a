using System.Text;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.State;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Text;

public sealed class SentenceFrontEndTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-sentence-").FullName;
    private readonly Inputs _inputs = new(Inputs.Integers("source", 1), Inputs.Integers("phase", 1), Inputs.Integers("place", 1), Inputs.Integers("target", 2));
    private readonly IFrontEnd _frontEnd;

    public SentenceFrontEndTests()
    {
        File.WriteAllLines(Path.Combine(_folder, "words.txt"), ["<pad>", "<unknown>", "un", "chat", "l'", "été", "."]);
        _frontEnd = Create();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_sentence_is_read_forwards_then_backwards_then_answered()
    {
        _frontEnd.Accept(Inputs.Text("Un CHAT gris"), 0);
        Assert.Equal(["0:2@0 Un", "0:3@1 CHAT"], Drain());
        _frontEnd.End();
        Assert.Equal(["0:1@2 gris", "1:1@2 -", "1:3@1 -", "1:2@0 -", "2:0@0 "], Drain());
    }

    [Fact]
    public void A_sentence_that_ends_inside_the_text_is_answered_before_the_next()
    {
        _frontEnd.Accept(Inputs.Text("chat. L'été"), 0);
        _frontEnd.End();
        Assert.Equal(["0:3@0 chat", "0:6@1 .", "1:6@1 -", "1:3@0 -", "2:0@0 ", "0:4@0 L'", "0:5@1 été", "1:5@1 -", "1:4@0 -", "2:0@0 "], Drain());
    }

    [Fact]
    public void A_sentence_longer_than_the_memory_is_cut()
    {
        _frontEnd.Accept(Inputs.Text("un un un un chat", FrameContent.Tokens), 0);
        _frontEnd.End();
        List<string> steps = Drain();
        Assert.Equal(["0:2@3 un", "1:2@3 -"], steps[3..5]);
        Assert.Equal(["2:0@0 ", "0:3@0 chat", "1:3@0 -", "2:0@0 "], steps[8..]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n\n ")]
    public void Nothing_to_read_is_nothing_to_answer(string text)
    {
        Assert.True(_frontEnd.Accept(Inputs.Text(text), 0).IsAccepted);
        _frontEnd.End();
        Assert.Empty(Drain());
    }

    [Fact]
    public void Text_of_a_megabyte_is_refused_and_leaves_no_trace()
    {
        FrameVerdict verdict = _frontEnd.Accept(Inputs.Text(new string('a', 1 << 20)), 0);
        Assert.Contains("1048576 bytes, expected at most 65536", verdict.Problem, StringComparison.Ordinal);
        Assert.Contains("UTF-8", _frontEnd.Accept(Inputs.Text([0xC3, 0x28]), 0).Problem, StringComparison.Ordinal);
        Assert.Contains("expected text", _frontEnd.Accept(Inputs.Values(1), 0).Problem, StringComparison.Ordinal);
        _frontEnd.End();
        Assert.Empty(Drain());
    }

    [Fact]
    public void The_longest_text_that_is_taken_is_read_to_its_end()
    {
        _frontEnd.Accept(Inputs.Text(new string('é', SentenceFrontEnd.MostBytes / 2)), 0);
        _frontEnd.End();
        Assert.Equal(SentenceFrontEnd.MostBytes / 2 / SentenceSplitter.LongestWord, Drain().Count(static step => step.StartsWith("0:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Inputs_that_mean_nothing_are_zeros()
    {
        _inputs.Input(3, 0).Fill(7);
        _frontEnd.Accept(Inputs.Text("un "), 0);
        Assert.Single(Drain());
        Assert.Equal(new byte[16], _inputs.Input(3, 0).ToArray());
    }

    [Fact]
    public void Saved_at_every_step_it_goes_on_as_if_nothing_had_happened()
    {
        const string text = "L'été, un chat d'Abidjan. Le 3,5 ? Un";
        List<string> expected = Whole(Create(), text);
        for (int place = 0; place < expected.Count; place++)
        {
            for (int letters = 0; letters <= text.Length; letters += 5)
            {
                IFrontEnd first = Create(), second = Create();
                second.Accept(Inputs.Text("autre chose"), 5);
                first.Accept(Inputs.Text(text[..letters]), 1);
                List<string> steps = Drain(first, place);
                StateWriter writer = new();
                first.Save(writer);
                StateReader reader = new(writer.Written);
                second.Restore(ref reader);
                Assert.Equal(0, reader.Left);
                steps.AddRange(Drain(second));
                second.Accept(Inputs.Text(text[letters..]), 1);
                steps.AddRange(Drain(second));
                second.End();
                steps.AddRange(Drain(second));
                Assert.Equal(expected, steps);
            }
        }
    }

    [Fact]
    public void Cut_or_damaged_bytes_are_refused_or_harmless()
    {
        _frontEnd.Accept(Inputs.Text("L'été. Un chat"), 0);
        Drain(_frontEnd, 5);
        StateWriter writer = new();
        _frontEnd.Save(writer);
        byte[] bytes = writer.Written.ToArray();
        Random random = new(1);
        for (int cut = 0; cut < bytes.Length; cut++) Assert.Throws<StateSnapshotException>(() => Restore(bytes.AsSpan(0, cut)));
        for (int trial = 0; trial < 2000; trial++)
        {
            byte[] damaged = [.. bytes];
            for (int flips = random.Next(1, 4); flips > 0; flips--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                IFrontEnd frontEnd = Restore(damaged);
                frontEnd.End();
                Drain(frontEnd);
            }
            catch (StateSnapshotException)
            {
            }
        }
    }

    [Fact]
    public void Steps_allocate_nothing_after_warm_up()
    {
        FramePayload payload = Inputs.Text("Un chat, l'été. ");
        long allocated = -1;
        for (int round = 0; round < 50; round++)
        {
            bool isKnown = Allocation.TryOf(() =>
            {
                _frontEnd.Accept(payload, 0);
                StepNote note = default;
                while (_frontEnd.TryNext(_inputs.Next, ref note))
                {
                }
            }, out long bytes);
            if (isKnown) allocated = bytes;
        }
        Assert.Equal(0, allocated);
    }

    [Theory]
    [InlineData("""{"type":"sentence","longest":4}""", "the key is missing")]
    [InlineData("""{"type":"sentence","words":"../words.txt","longest":4}""", "without a folder")]
    [InlineData("""{"type":"sentence","words":"absent.txt","longest":4}""", "cannot be read")]
    [InlineData("""{"type":"sentence","words":"empty.txt","longest":4}""", "no line is '<unknown>'")]
    [InlineData("""{"type":"sentence","words":"twice.txt","longest":4}""", "line 3 has the word 'a' again")]
    public void A_card_that_cannot_be_used_is_refused(string card, string problem)
    {
        File.WriteAllText(Path.Combine(_folder, "empty.txt"), "");
        File.WriteAllLines(Path.Combine(_folder, "twice.txt"), ["<unknown>", "a", "a"]);
        Assert.Contains(problem, Assert.Throws<CardException>(() => Create(card)).Message, StringComparison.Ordinal);
    }

    private List<string> Whole(IFrontEnd frontEnd, string text)
    {
        frontEnd.Accept(Inputs.Text(text), 1);
        List<string> steps = Drain(frontEnd);
        frontEnd.End();
        return [.. steps, .. Drain(frontEnd)];
    }

    private IFrontEnd Restore(ReadOnlySpan<byte> bytes)
    {
        IFrontEnd frontEnd = Create();
        StateReader reader = new(bytes);
        frontEnd.Restore(ref reader);
        return frontEnd;
    }

    private IFrontEnd Create(string json = """{"type":"sentence","words":"words.txt","elide":true,"longest":4}""")
    {
        using JsonDocument card = JsonDocument.Parse(json);
        return FrontEndCatalog.Create("sentence", card.RootElement.Clone(), _inputs.Signature, _folder)();
    }

    private List<string> Drain() => Drain(_frontEnd);

    /// <summary>Phase, id and place of the steps that are ready, and the word or a dash for one that answers for nothing.</summary>
    private List<string> Drain(IFrontEnd frontEnd, int most = int.MaxValue)
    {
        List<string> steps = [];
        StepNote note = default;
        while (steps.Count < most && frontEnd.TryNext(_inputs.Next, ref note))
            steps.Add($"{_inputs.Next.Integers(1)[0]}:{_inputs.Next.Integers(0)[0]}@{_inputs.Next.Integers(2)[0]} {(note.IsWarmUp ? "-" : Encoding.UTF8.GetString(note.Text.Span))}");
        return steps;
    }
}
