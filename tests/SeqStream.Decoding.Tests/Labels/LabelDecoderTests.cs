using System.Text;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.Decoding.Labels;

public sealed class LabelDecoderTests : IDisposable
{
    private readonly Outputs _outputs = new(Outputs.Floats("logits", 3));

    [Fact]
    public void Every_step_is_answered_with_the_best_label_and_its_probability()
    {
        IDecoder decoder = _outputs.Create("""{"type":"labels"}""", "a", "b", "c");
        _outputs.Step(decoder, [0, MathF.Log(3), 0], "x");
        _outputs.Step(decoder, [2, 2, -100]);
        decoder.End(_outputs);
        Assert.Equal([(0L, "x", "b"), (1L, "", "a")], _outputs.Said.Select(said => (said.Step, said.Text, said.Label!)));
        Assert.Equal(0.6, _outputs.Said[0].Score, 1e-6);
        Assert.Equal(0.5, _outputs.Said[1].Score, 1e-6);
    }

    [Fact]
    public void Answer_at_the_end_is_that_of_the_last_step()
    {
        IDecoder decoder = _outputs.Create("""{"type":"labels","at":"end"}""", "a", "b", "c");
        _outputs.Step(decoder, [9, 0, 0], "x");
        _outputs.Step(decoder, [0, 0, 9], "a rather long text that needs room, more than the buffer has at first: sixty-four bytes");
        Assert.Empty(_outputs.Said);
        decoder.End(_outputs);
        decoder.End(_outputs);
        (long step, string text, string? label, _) = Assert.Single(_outputs.Said);
        Assert.Equal((1L, "c"), (step, label));
        Assert.EndsWith("sixty-four bytes", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Running_label_is_partial_at_every_step_and_said_again_at_the_end()
    {
        List<bool> partial = [];
        _outputs.Written = emission => partial.Add(emission.IsPartial);
        IDecoder decoder = _outputs.Create("""{"type":"labels","at":"running"}""", "a", "b", "c");
        _outputs.Step(decoder, [9, 0, 0], "x");
        _outputs.Step(decoder, [0, 0, 9], "y");
        decoder.End(_outputs);
        decoder.End(_outputs);
        Assert.Equal([(0L, "x", "a"), (1L, "y", "c"), (1L, "", "c")], _outputs.Said.Select(said => (said.Step, said.Text, said.Label!)));
        Assert.Equal([true, true, false], partial);
    }

    [Fact]
    public void Reset_forgets_what_was_held()
    {
        IDecoder decoder = _outputs.Create("""{"type":"labels","at":"end"}""", "a", "b", "c");
        _outputs.Step(decoder, [9, 0, 0]);
        decoder.Reset();
        decoder.End(_outputs);
        Assert.Empty(_outputs.Said);
    }

    [Fact]
    public void Steps_allocate_nothing_after_warm_up()
    {
        IDecoder decoder = _outputs.Create("""{"type":"labels"}""", "a", "b", "c");
        _outputs.IsQuiet = true;
        byte[] text = Encoding.UTF8.GetBytes("word");
        float[] scores = [1, 2, 3];
        _outputs.Step(decoder, scores, text);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 20; i++) _outputs.Step(decoder, scores, text);
        }));
    }

    public void Dispose() => _outputs.Dispose();
}
