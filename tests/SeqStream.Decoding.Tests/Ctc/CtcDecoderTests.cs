using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.State;
using SeqStream.TestSupport;

namespace SeqStream.Decoding.Ctc;

public sealed class CtcDecoderTests : IDisposable
{
    private const string BestPath = """{"type":"ctc","stepMs":500}""";
    private readonly Outputs _outputs = new(Outputs.Floats("scores", 3));
    private readonly List<string> _said = [];

    public CtcDecoderTests() => _outputs.Written = emission => _said.Add(Describe(emission));

    [Fact]
    public void Words_are_said_as_soon_as_they_are_recognised_and_again_at_the_end()
    {
        IDecoder decoder = Run(BestPath, ".aa..b.");
        decoder.End(_outputs);

        Assert.Equal(["a... [0.5, 1]", "a b... [2.5, 3]", "a b [0.5, 3]"], _said);
    }

    [Theory]
    [InlineData("aab", "a b")]
    [InlineData("a.ab", "a a b")]
    [InlineData("a..a..a", "a a a")]
    [InlineData("bbbb", "b")]
    public void Repeats_are_one_word_unless_a_blank_stands_between(string path, string expected)
    {
        Run(BestPath, path).End(_outputs);

        Assert.StartsWith(expected + " [", _said[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BestPath)]
    [InlineData("""{"type":"ctc","beam":4,"endpointSteps":2}""")]
    public void Silence_says_nothing(string card)
    {
        Run(card, "..........").End(_outputs);

        Assert.Empty(_said);
    }

    [Fact]
    public void Utterance_ends_when_no_word_comes_for_long_enough()
    {
        IDecoder decoder = Run("""{"type":"ctc","endpointSteps":3}""", "a..b.......a");
        Assert.Equal(["a... [0, 1]", "a b... [3, 4]", "a b [0, 4]", "a... [11, 12]"], _said);
        decoder.End(_outputs);

        Assert.Equal("a [11, 12]", _said[^1]);
        Assert.Equal(5, _said.Count);
    }

    [Fact]
    public void Final_text_tells_the_probability_of_each_word()
    {
        List<(string, float)> parts = [];
        _outputs.Written = emission => parts = [.. Enumerable.Range(0, emission.PartCount).Select(part => (Encoding.UTF8.GetString(emission.PartText(part)), emission.PartScore(part)))];
        IDecoder decoder = _outputs.Create(BestPath, "-", "a", "b");
        _outputs.Step(decoder, [0, MathF.Log(2), 0]);
        Assert.Empty(parts);
        _outputs.Step(decoder, [0, MathF.Log(6), 0]);
        decoder.End(_outputs);

        (string text, float score) = Assert.Single(parts);
        Assert.Equal("a", text);
        Assert.Equal(0.75, score, 1e-6);
    }

    [Fact]
    public void Beam_finds_the_transcript_whose_paths_sum_to_more_than_the_best_path()
    {
        float[] scores = [MathF.Log(0.6f), MathF.Log(0.4f), -100]; // blank blank: 0.36; the paths that spell a: 0.64
        foreach (int beam in new[] { 1, 4 })
        {
            _said.Clear();
            IDecoder decoder = _outputs.Create($$"""{"type":"ctc","beam":{{beam}}}""", "-", "a", "b");
            _outputs.Step(decoder, scores);
            _outputs.Step(decoder, scores);
            decoder.End(_outputs);

            Assert.Equal(beam == 1 ? 0 : 2, _said.Count);
        }
        Assert.StartsWith("a [", _said[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Wide_beam_sums_over_every_path()
    {
        Random random = new(1);
        for (int trial = 0; trial < 20; trial++)
        {
            float[][] probabilities = [.. Enumerable.Range(0, 5).Select(_ => Distribution(random))];
            IDecoder decoder = _outputs.Create("""{"type":"ctc","beam":64,"separator":""}""", "-", "a", "b");
            foreach (float[] step in probabilities) _outputs.Step(decoder, [.. step.Select(static value => MathF.Log(value))]);
            string expected = BestOfAllPaths(probabilities);
            _said.Clear();
            decoder.End(_outputs);

            Assert.Equal(expected, _said.Count == 0 ? "" : _said[^1].Split(' ')[0]);
        }
    }

    [Theory]
    [InlineData("""{"type":"ctc","endpointSteps":4,"stepMs":20}""")]
    [InlineData("""{"type":"ctc","beam":4,"endpointSteps":4}""")]
    public void Restored_decoder_tells_the_same_spans(string card)
    {
        const string path = ".aa.b.....bba..a....";
        Run(card, path).End(_outputs);
        string[] expected = [.. _said];
        for (int place = 0; place <= path.Length; place++)
        {
            using Outputs outputs = new(Outputs.Floats("scores", 3));
            List<string> said = [];
            outputs.Written = emission => said.Add(Describe(emission));
            IDecoder first = outputs.Create(card, "-", "a", "b"), second = outputs.Create(card, "-", "a", "b");
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

    [Theory]
    [InlineData(BestPath)]
    [InlineData("""{"type":"ctc","beam":4,"endpointSteps":4}""")]
    public void Steps_allocate_nothing_after_warm_up(string card)
    {
        _outputs.IsQuiet = true;
        _outputs.Written = null;
        IDecoder decoder = _outputs.Create(card, "-", "a", "b");
        float[][] steps = [[5, 0, 0], [0, 5, 0], [5, 0, 0], [0, 0, 5], [5, 1, 0], [5, 0, 0], [5, 0, 1], [5, 0, 0]];
        for (int round = 0; round < 2; round++)
        {
            foreach (float[] step in steps) _outputs.Step(decoder, step);
            decoder.End(_outputs);
        }
        Assert.Equal(0, Allocation.Of(() =>
        {
            foreach (float[] step in steps) _outputs.Step(decoder, step, ReadOnlyMemory<byte>.Empty);
        }));
    }

    public void Dispose() => _outputs.Dispose();

    private IDecoder Run(string card, string path) => Run(_outputs, _outputs.Create(card, "-", "a", "b"), path);

    private static IDecoder Run(Outputs outputs, IDecoder decoder, string path)
    {
        foreach (char symbol in path) outputs.Step(decoder, [symbol == '.' ? 5 : 0, symbol == 'a' ? 5 : 0, symbol == 'b' ? 5 : 0]);
        return decoder;
    }

    private static string Describe(Emission emission) => string.Create(CultureInfo.InvariantCulture,
        $"{Encoding.UTF8.GetString(emission.Text)}{(emission.IsPartial ? "..." : "")} [{emission.SpanStart}, {emission.SpanEnd}]");

    private static float[] Distribution(Random random)
    {
        float[] odds = [random.NextSingle() + 0.1f, random.NextSingle(), random.NextSingle()];
        return [.. odds.Select(value => value / odds.Sum())];
    }

    private static string BestOfAllPaths(float[][] probabilities)
    {
        Dictionary<string, double> sums = [];
        for (int path = 0; path < Math.Pow(3, probabilities.Length); path++)
        {
            StringBuilder text = new();
            double mass = 1;
            for (int step = 0, rest = path, last = 0; step < probabilities.Length; step++, rest /= 3)
            {
                int symbol = rest % 3;
                mass *= probabilities[step][symbol];
                if (symbol != 0 && symbol != last) text.Append("-ab"[symbol]);
                last = symbol;
            }
            sums[text.ToString()] = sums.GetValueOrDefault(text.ToString()) + mass;
        }
        return sums.MaxBy(static sum => sum.Value).Key;
    }
}
