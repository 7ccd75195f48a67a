using System.Globalization;
using SeqStream.Contracts;
using SeqStream.State;
using SeqStream.TestSupport;

namespace SeqStream.Decoding.Segments;

public sealed class SegmentDecoderTests : IDisposable
{
    private const string Card = """{"type":"segments","on":0.6,"off":0.4,"onSteps":2,"hangSteps":3}""";
    private readonly Outputs _outputs = new(Outputs.Floats("scores", 3));
    private readonly List<string> _said = [];

    public SegmentDecoderTests() => _outputs.Written = emission => _said.Add(Describe(emission));

    [Fact]
    public void Segment_is_said_when_it_begins_and_when_it_is_over()
    {
        Run(Card, "..aaaa.....");

        Assert.Equal(["3: a... 2 NaN", "8: a 2 6"], _said);
    }

    [Fact]
    public void Spike_shorter_than_the_least_length_begins_nothing()
    {
        Run(Card, "..a...b..");

        Assert.Empty(_said);
    }

    [Fact]
    public void Gap_shorter_than_the_hang_over_is_bridged()
    {
        Run(Card, ".aaa..aa....");

        Assert.Equal(["2: a... 1 NaN", "10: a 1 8"], _said);
    }

    [Fact]
    public void Probability_between_the_thresholds_goes_on_but_begins_nothing()
    {
        Run(Card, "??????aa???????...");

        Assert.Equal(["7: a... 6 NaN", "17: a 6 15"], _said);
    }

    [Fact]
    public void Another_label_ends_the_segment_where_it_begins()
    {
        Run(Card, ".aaabbb....");

        Assert.Equal(["2: a... 1 NaN", "5: a 1 4", "5: b... 4 NaN", "9: b 4 7"], _said);
    }

    [Fact]
    public void End_of_the_sequence_ends_the_segment()
    {
        IDecoder decoder = Run(Card, ".aaa.");
        decoder.End(_outputs);
        decoder.End(_outputs);

        Assert.Equal("4: a 1 4", _said[^1]);
        Assert.Equal(2, _said.Count);
    }

    [Fact]
    public void Score_is_the_mean_probability_of_the_steps_of_the_span()
    {
        List<float> scores = [];
        _outputs.Written = emission => scores.Add(emission.Score);
        IDecoder decoder = _outputs.Create("""{"type":"segments","on":0.5,"off":0.5,"onSteps":1,"hangSteps":1}""", "-", "a", "b");
        foreach (float odds in new[] { 2, 6, 6, 0 }) _outputs.Step(decoder, [0, MathF.Log(odds), 0]); // 0.5, 0.75, 0.75, 0
        Assert.Equal(2, scores.Count);
        Assert.Equal(0.5, scores[0], 1e-6);
        Assert.Equal(2 / 3.0, scores[1], 1e-6);
    }

    [Fact]
    public void Smoothing_bridges_what_is_shorter_than_its_memory()
    {
        Run("""{"type":"segments","on":0.6,"off":0.4,"onSteps":1,"hangSteps":1,"smoothing":0.7}""", ".aaaaaa.aaaa");

        Assert.Single(_said);
    }

    [Fact]
    public void Spans_are_seconds_where_the_card_tells_the_step()
    {
        Run("""{"type":"segments","onSteps":1,"hangSteps":1,"stepMs":500}""", ".aa.");

        Assert.Equal(["1: a... 0.5 NaN", "3: a 0.5 1.5"], _said);
    }

    [Fact]
    public void Spans_of_late_scores_lie_where_they_speak_about()
    {
        Run("""{"type":"segments","onSteps":1,"hangSteps":1,"delaySteps":2}""", "a...aa..");

        Assert.Equal(["4: a... 2 NaN", "6: a 2 4"], _said);
    }

    [Fact]
    public void Restored_decoder_tells_the_same_spans()
    {
        const string path = "..aaaa..aabbb?bb....aaa.";
        Run(Card, path).End(_outputs);
        string[] expected = [.. _said];
        for (int place = 0; place <= path.Length; place++)
        {
            using Outputs outputs = new(Outputs.Floats("scores", 3));
            List<string> said = [];
            outputs.Written = emission => said.Add(Describe(emission));
            IDecoder first = outputs.Create(Card, "-", "a", "b"), second = outputs.Create(Card, "-", "a", "b");
            Run(outputs, first, path[..place]);
            StateWriter writer = new();
            first.Save(writer);
            StateReader reader = new(writer.Written);
            second.Restore(ref reader);
            Run(outputs, second, path[place..]);
            second.End(outputs);

            Assert.Equal(expected, said);
        }
    }

    [Fact]
    public void Steps_allocate_nothing_after_warm_up()
    {
        _outputs.IsQuiet = true;
        _outputs.Written = null;
        IDecoder decoder = _outputs.Create(Card, "-", "a", "b");
        float[][] steps = [[0, 9, 0], [0, 9, 0], [0, 0, 9], [0, 0, 9], [9, 0, 0], [9, 0, 0], [9, 0, 0]];
        foreach (float[] step in steps) _outputs.Step(decoder, step, ReadOnlyMemory<byte>.Empty);
        Assert.Equal(0, Allocation.Of(() =>
        {
            foreach (float[] step in steps) _outputs.Step(decoder, step, ReadOnlyMemory<byte>.Empty);
        }));
    }

    [Theory]
    [InlineData("""{"type":"segments","on":0.5,"off":0.6}""", "'decoder.off': found 0.6, expected at most 'on', which is 0.5")]
    [InlineData("""{"type":"segments","background":"noise"}""", "'decoder.background': found 'noise', expected one of the labels: -, a, b")]
    [InlineData("""{"type":"segments","hangSteps":0}""", "'decoder.hangSteps': found 0, expected a whole number from 1")]
    [InlineData("""{"type":"ctc","blank":3}""", "'decoder.blank': found 3, expected a whole number from 0 to 2")]
    [InlineData("""{"type":"ctc","beam":0}""", "'decoder.beam': found 0, expected a whole number from 1 to 64")]
    public void Bad_card_is_refused_with_the_key_path(string json, string problem)
        => Assert.Contains(problem, Assert.Throws<CardException>(() => _outputs.Create(json, "-", "a", "b")).Message, StringComparison.Ordinal);

    public void Dispose() => _outputs.Dispose();

    private IDecoder Run(string card, string path) => Run(_outputs, _outputs.Create(card, "-", "a", "b"), path);

    private static IDecoder Run(Outputs outputs, IDecoder decoder, string path)
    {
        foreach (char symbol in path) outputs.Step(decoder, symbol == '?' ? [0, 0, -9] : [symbol == '.' ? 5 : 0, symbol == 'a' ? 5 : 0, symbol == 'b' ? 5 : 0]);
        return decoder;
    }

    private static string Describe(Emission emission)
        => string.Create(CultureInfo.InvariantCulture, $"{emission.Step}: {emission.Label}{(emission.IsPartial ? "..." : "")} {emission.SpanStart} {emission.SpanEnd}");
}
