using SeqStream.Contracts;

namespace SeqStream.FrontEnds.Text;

public sealed class ClassOptionsTests
{
    [Fact]
    public void Sequences_that_name_no_class_are_of_the_first()
    {
        using Inputs inputs = new(Inputs.Integers("ids", 1), Inputs.Integers("class", 1));
        IFrontEnd frontEnd = inputs.Create("""{"type":"letters","symbols":["","a"],"start":0,"end":0,"class":{"names":["person","bread"]}}""");
        inputs.Next.Integers(1)[0] = 7;
        frontEnd.Accept(Inputs.Text("a"), 0);
        StepNote note = default;
        Assert.True(frontEnd.TryNext(inputs.Next, ref note));
        Assert.Equal(0, inputs.Next.Integers(1)[0]);
    }

    [Fact]
    public void Class_is_found_by_name_and_an_unknown_one_is_told_with_those_there_are()
    {
        ClassOptions options = new(["person", "bread"], 1);
        Assert.Equal((0, 0, 1), (options.IdOf(""), options.IdOf("person"), options.IdOf("bread")));
        Assert.Contains("no class 'cake'. It has: person, bread.", Assert.Throws<ArgumentException>(() => options.IdOf("cake")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"names":[]}""", "'frontEnd.class.names': expected one or more names")]
    [InlineData("""{"names":["a","a"]}""", "each once")]
    [InlineData("""{"names":["a"],"input":"kind"}""", "an input 'kind' of int64")]
    [InlineData("""{"names":["a"],"first":1}""", "'frontEnd.class.first': this key is not known")]
    public void Bad_section_is_refused(string section, string problem)
    {
        using Inputs inputs = new(Inputs.Integers("ids", 1), Inputs.Integers("class", 1));
        CardException error = Assert.Throws<CardException>(() => inputs.Create($$"""{"type":"letters","symbols":["","a"],"start":0,"end":0,"class":{{section}}}"""));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }
}
