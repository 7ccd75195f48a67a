using System.Text;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Dna;

public sealed class NucleotideFrontEndTests : IDisposable
{
    private readonly Inputs _inputs = new(Inputs.Floats("letters", 4));
    private readonly IFrontEnd _frontEnd;

    public NucleotideFrontEndTests() => _frontEnd = _inputs.Create("""{"type":"nucleotides"}""");

    [Fact]
    public void Letters_of_either_case_become_shares_of_A_C_G_T()
    {
        Assert.True(_frontEnd.Accept(Inputs.Text("AcGtu"), 0).IsAccepted);
        Assert.Equal(["A 1 0 0 0", "c 0 1 0 0", "G 0 0 1 0", "t 0 0 0 1", "u 0 0 0 1"], Drain());
    }

    [Fact]
    public void Letters_of_ambiguity_and_gaps_share_evenly()
    {
        Assert.True(_frontEnd.Accept(Inputs.Text("RyNB-."), 0).IsAccepted);
        Assert.Equal(["R 0.5 0 0.5 0", "y 0 0.5 0 0.5", "N 0.25 0.25 0.25 0.25", "B 0 0.33 0.33 0.33", "- 0.25 0.25 0.25 0.25", ". 0.25 0.25 0.25 0.25"], Drain());
    }

    [Theory]
    [InlineData(">seq 1 | Homo sapiens (ELFIQ)", "")]
    [InlineData(">seq\nAC\n>other\nGT", "ACGT")]
    [InlineData(">a\n>b\r\nAC\r\n", "AC")]
    [InlineData("  1 acgt ac\n 61 gg\n", "acgtacgg")]
    [InlineData("", "")]
    public void Headers_blanks_and_numbers_are_passed_over(string text, string letters)
    {
        Assert.True(_frontEnd.Accept(Inputs.Text(text), 0).IsAccepted);
        Assert.Equal(letters, string.Concat(Drain().Select(step => step[0])));
    }

    [Theory]
    [InlineData("ACGE", "'E' (U+0045) as letter 4")]
    [InlineData("AC>GT", "'>' (U+003E) as letter 3")]
    [InlineData("😀", "U+1F600) as letter 1")]
    [InlineData("ACאב", "U+05D0) as letter 3")]
    public void Other_letters_refuse_the_frame_whole(string text, string problem)
    {
        FrameVerdict verdict = _frontEnd.Accept(Inputs.Text(text), 0);
        Assert.Contains(problem, verdict.Problem, StringComparison.Ordinal);
        Assert.Empty(Drain());
    }

    [Fact]
    public void Bytes_that_are_no_text_and_numbers_are_refused()
    {
        Assert.False(_frontEnd.Accept(Inputs.Text([0x41, 0xC3, 0x28]), 0).IsAccepted);
        Assert.Contains("expected DNA letters", _frontEnd.Accept(Inputs.Values(1, 0, 0, 0), 0).Problem, StringComparison.Ordinal);
        Assert.Empty(Drain());
    }

    [Fact]
    public void Line_of_a_million_letters_gives_as_many_steps()
    {
        Assert.True(_frontEnd.Accept(Inputs.Text(new string('A', 1 << 20)), 0).IsAccepted);
        int steps = 0;
        StepNote note = default;
        while (_frontEnd.TryNext(_inputs.Next, ref note)) steps++;
        Assert.Equal(1 << 20, steps);
    }

    [Fact]
    public void Steps_allocate_nothing_after_warm_up()
    {
        FramePayload payload = Inputs.Text("ACGTNRYACGT");
        StepNote note = default;
        Turn();
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 20; i++) Turn();
        }));

        void Turn()
        {
            _frontEnd.Accept(payload, 0);
            while (_frontEnd.TryNext(_inputs.Next, ref note))
            {
            }
        }
    }

    public void Dispose() => _inputs.Dispose();

    private List<string> Drain()
    {
        List<string> steps = [];
        StepNote note = default;
        while (_frontEnd.TryNext(_inputs.Next, ref note))
        {
            steps.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(note.Text.Span)} {string.Join(' ', _inputs.Next.Floats(0).ToArray().Select(share => share.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture)))}"));
        }
        return steps;
    }
}
