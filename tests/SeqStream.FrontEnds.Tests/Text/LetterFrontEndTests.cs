using System.Text;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Text;

public sealed class LetterFrontEndTests : IDisposable
{
    private readonly Inputs _inputs = new(Inputs.Integers("ids", 1));
    private readonly IFrontEnd _frontEnd;

    public LetterFrontEndTests() => _frontEnd = _inputs.Create("""{"type":"letters","symbols":["","a","b","é"],"start":0,"end":0,"lower":true}""");

    [Fact]
    public void Sequence_begins_with_the_start_mark()
    {
        _frontEnd.Accept(Inputs.Text("aBÉ"), 0);
        Assert.Equal([(0L, ""), (1L, "a"), (2L, "B"), (3L, "É")], Drain());
    }

    [Fact]
    public void Pieces_of_a_sequence_share_one_start_mark()
    {
        _frontEnd.Accept(Inputs.Text("a"), 0);
        Assert.Equal(2, Drain().Count);
        _frontEnd.Accept(Inputs.Text("b"), 0);
        Assert.Equal([(2L, "b")], Drain());
        _frontEnd.End();
        _frontEnd.Accept(Inputs.Text("b"), 0);
        Assert.Equal([(0L, ""), (2L, "b")], Drain());
    }

    [Fact]
    public void Empty_line_is_the_start_mark_alone()
    {
        _frontEnd.Accept(Inputs.Text(""), 0);
        Assert.Equal([(0L, "")], Drain());
    }

    [Fact]
    public void Unknown_letter_refuses_the_line_and_leaves_no_trace()
    {
        FrameVerdict verdict = _frontEnd.Accept(Inputs.Text("abz"), 0);
        Assert.Contains("'z' (U+007A)", verdict.Problem, StringComparison.Ordinal);
        Assert.Empty(Drain());
        _frontEnd.Accept(Inputs.Text("a"), 0);
        Assert.Equal([(0L, ""), (1L, "a")], Drain());
    }

    [Fact]
    public void Reset_drops_what_waits()
    {
        _frontEnd.Accept(Inputs.Text("ab"), 0);
        _frontEnd.Reset();
        Assert.Empty(Drain());
        _frontEnd.Accept(Inputs.Text("b"), 0);
        Assert.Equal([(0L, ""), (2L, "b")], Drain());
    }

    [Fact]
    public void Steps_allocate_nothing_after_warm_up()
    {
        FramePayload payload = Inputs.Text("abéababab");
        StepNote note = default;
        Run();
        Assert.Equal(0, Allocation.Of(Run));

        void Run()
        {
            for (int round = 0; round < 20; round++)
            {
                _frontEnd.Accept(payload, 0);
                while (_frontEnd.TryNext(_inputs.Next, ref note)) { }
                _frontEnd.End();
            }
        }
    }

    private List<(long Id, string Text)> Drain()
    {
        List<(long, string)> steps = [];
        StepNote note = default;
        while (_frontEnd.TryNext(_inputs.Next, ref note)) steps.Add((_inputs.Next.Integers(0)[0], Encoding.UTF8.GetString(note.Text.Span)));
        return steps;
    }

    public void Dispose() => _inputs.Dispose();
}
