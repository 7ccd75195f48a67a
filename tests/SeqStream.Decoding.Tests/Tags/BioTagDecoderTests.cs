using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.Decoding.Tags;

public sealed class BioTagDecoderTests : IDisposable
{
    private static readonly string[] s_tags = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG"];
    private readonly Outputs _outputs = new(Outputs.Floats("logits", 5));

    [Fact]
    public void Lag_beyond_the_length_equals_full_viterbi()
    {
        Random random = new(3);
        for (int round = 0; round < 60; round++)
        {
            Rules rules = new(random);
            float[][] scores = Sentence(random, random.Next(1, 7));
            Assert.Equal(rules.Viterbi(scores), Decode(rules, lag: 6, scores));
        }
    }

    [Fact]
    public void Tags_form_a_legal_sequence_at_any_lag()
    {
        Random random = new(4);
        for (int round = 0; round < 300; round++)
        {
            Rules rules = new(random);
            int lag = random.Next(0, 5);
            string[] tags = [.. Decode(rules, lag, Sentence(random, random.Next(1, 20))).Select(tag => s_tags[tag])];
            for (int i = 0; i < tags.Length; i++)
            {
                if (tags[i][0] == 'I') Assert.True(i > 0 && tags[i - 1] is not "O" && tags[i - 1][1..] == tags[i][1..], string.Join(' ', tags));
            }
        }
    }

    [Fact]
    public void Tag_is_said_exactly_lag_words_later_with_its_word_step_and_time()
    {
        IDecoder decoder = Create(new Rules(new Random(5)), lag: 2);
        List<double> times = [];
        _outputs.Written = emission => times.Add(emission.Time);
        for (int t = 0; t < 5; t++)
        {
            _outputs.Step(decoder, [9, 0, 0, 0, 0], $"w{t}");
            Assert.Equal(Math.Max(0, t - 1), _outputs.Said.Count);
        }
        decoder.End(_outputs);
        Assert.Equal([(0L, "w0"), (1L, "w1"), (2L, "w2"), (3L, "w3"), (4L, "w4")], _outputs.Said.Select(said => (said.Step, said.Text)));
        Assert.Equal([0, 0.5, 1, 1.5, 2], times);
        Assert.All(_outputs.Said, said => Assert.Equal("O", said.Label));
    }

    [Fact]
    public void Score_is_the_probability_summed_over_all_paths()
    {
        Random random = new(6);
        for (int round = 0; round < 50; round++)
        {
            Rules rules = new(random);
            float[][] scores = Sentence(random, random.Next(1, 6));
            int[] tags = Decode(rules, lag: 6, scores);
            for (int t = 0; t < scores.Length; t++) Assert.Equal(rules.Probability(scores, t, tags[t]), _outputs.Said[t].Score, 1e-4);
        }
    }

    [Fact]
    public void Scores_that_contradict_the_transitions_still_give_numbers()
    {
        IDecoder decoder = Create(new Rules(new Random(7)), lag: 1);
        for (int t = 0; t < 6; t++) _outputs.Step(decoder, t % 2 == 0 ? [-200, -200, 200, -200, -200] : [-200, -200, -200, -200, 200]);
        decoder.End(_outputs);
        Assert.Equal(6, _outputs.Said.Count);
        Assert.All(_outputs.Said, said => Assert.InRange(said.Score, 0, 1));
    }

    [Fact]
    public void Sequence_after_end_or_reset_equals_the_first()
    {
        Random random = new(8);
        Rules rules = new(random);
        float[][] scores = Sentence(random, 7);
        IDecoder decoder = Create(rules, lag: 3);
        int[] first = Decode(decoder, scores);
        Assert.Equal(first, Decode(decoder, scores));
        foreach (float[] step in Sentence(random, 4)) _outputs.Step(decoder, step);
        decoder.Reset();
        _outputs.Said.Clear();
        decoder.End(_outputs);
        Assert.Empty(_outputs.Said);
        Assert.Equal(first, Decode(decoder, scores));
    }

    [Fact]
    public void Steps_allocate_nothing_after_warm_up()
    {
        IDecoder decoder = Create(new Rules(new Random(9)), lag: 4);
        _outputs.IsQuiet = true;
        byte[] text = Encoding.UTF8.GetBytes("Hermione");
        float[] scores = [1, 2, 0.5f, 0, -1];
        Run();
        Assert.Equal(0, Allocation.Of(Run));

        void Run()
        {
            for (int round = 0; round < 33; round++)
            {
                _outputs.Step(decoder, scores, text);
                if (round % 11 == 0) decoder.End(_outputs);
            }
        }
    }

    public void Dispose() => _outputs.Dispose();

    private static float[][] Sentence(Random random, int length)
        => [.. Enumerable.Range(0, length).Select(_ => s_tags.Select(_ => (float)(random.NextDouble() * 6 - 3)).ToArray())];

    private IDecoder Create(Rules rules, int lag) => _outputs.Create(rules.Card(lag), s_tags);

    private int[] Decode(Rules rules, int lag, float[][] scores) => Decode(Create(rules, lag), scores);

    private int[] Decode(IDecoder decoder, float[][] scores)
    {
        _outputs.Said.Clear();
        foreach (float[] step in scores) _outputs.Step(decoder, step);
        decoder.End(_outputs);
        return [.. _outputs.Said.Select(said => Array.IndexOf(s_tags, said.Label))];
    }

    /// <summary>Random BIO transitions and, by trying every path, what a decoder should answer.</summary>
    private sealed class Rules
    {
        private readonly float[] _start = new float[5];
        private readonly float[] _end = new float[5];
        private readonly float[][] _transitions = [.. s_tags.Select(_ => new float[5])];

        public Rules(Random random)
        {
            for (int to = 0; to < 5; to++)
            {
                _start[to] = s_tags[to][0] == 'I' ? -10000 : Draw(random);
                _end[to] = Draw(random);
                for (int from = 0; from < 5; from++)
                {
                    bool isLegal = s_tags[to][0] != 'I' || (s_tags[from] != "O" && s_tags[from][1..] == s_tags[to][1..]);
                    _transitions[from][to] = isLegal ? Draw(random) : -10000;
                }
            }
        }

        public string Card(int lag)
            => $$"""{"type":"bio-tags","lag":{{lag}},"start":{{List(_start)}},"end":{{List(_end)}},"transitions":[{{string.Join(',', _transitions.Select(List))}}]}""";

        public int[] Viterbi(float[][] scores) => Paths(scores).MaxBy(path => path.Score).Tags;

        public double Probability(float[][] scores, int step, int tag)
        {
            (int[] Tags, double Score)[] paths = [.. Paths(scores)];
            return paths.Where(path => path.Tags[step] == tag).Sum(path => Math.Exp(path.Score)) / paths.Sum(path => Math.Exp(path.Score));
        }

        private IEnumerable<(int[] Tags, double Score)> Paths(float[][] scores)
        {
            (int[] Tags, double Score)[] paths = [.. Enumerable.Range(0, 5).Select(tag => (new[] { tag }, (double)_start[tag] + scores[0][tag])).Where(Possible)];
            for (int t = 1; t < scores.Length; t++)
            {
                int step = t;
                paths = [.. paths.SelectMany(path => Enumerable.Range(0, 5)
                    .Select(tag => ((int[])[.. path.Tags, tag], path.Score + _transitions[path.Tags[^1]][tag] + scores[step][tag]))).Where(Possible)];
            }
            return paths.Select(path => (path.Tags, path.Score + _end[path.Tags[^1]]));
        }

        private static bool Possible((int[] Tags, double Score) path) => path.Score > -5000;

        private static float Draw(Random random) => (float)(random.NextDouble() * 4 - 2);

        private static string List(float[] values) => $"[{string.Join(',', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}]";
    }
}
