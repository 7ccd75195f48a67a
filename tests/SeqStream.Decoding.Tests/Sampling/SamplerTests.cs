using SeqStream.TestSupport;

namespace SeqStream.Decoding.Sampling;

public sealed class SamplerTests
{
    private static readonly float[] s_scores = [0, 2, 1, -1, 2, float.NaN, float.NegativeInfinity, 0.5f];

    [Fact]
    public void Equal_seeds_choose_alike_and_others_do_not()
    {
        int[] first = Draw(new SamplerOptions { Seed = 42 }, 200);
        Assert.Equal(first, Draw(new SamplerOptions { Seed = 42 }, 200));
        Assert.NotEqual(first, Draw(new SamplerOptions { Seed = 43 }, 200));
    }

    [Fact]
    public void Choices_of_a_seed_are_these_on_every_machine()
        => Assert.Equal("44444114747074471411444141472317", string.Concat(Draw(new SamplerOptions { Seed = 1 }, 32)));

    [Fact]
    public void Frequencies_follow_the_softmax()
    {
        int[] drawn = Draw(new SamplerOptions { Seed = 3, Temperature = 1.5 }, 40000);
        double sum = s_scores.Where(float.IsFinite).Sum(score => Math.Exp(score / 1.5));
        for (int symbol = 0; symbol < s_scores.Length; symbol++)
        {
            double expected = float.IsFinite(s_scores[symbol]) ? Math.Exp(s_scores[symbol] / 1.5) / sum : 0;
            Assert.Equal(expected, drawn.Count(choice => choice == symbol) / 40000.0, 0.012);
        }
    }

    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(2, new[] { 1, 4 })]
    [InlineData(3, new[] { 1, 2, 4 })]
    [InlineData(0, new[] { 0, 1, 2, 3, 4, 7 })]
    [InlineData(99, new[] { 0, 1, 2, 3, 4, 7 })]
    public void Only_the_top_k_compete(int topK, int[] expected)
        => Assert.Equal(expected, Draw(new SamplerOptions { Seed = 5, TopK = topK, Temperature = 3 }, 2000).Distinct().Order());

    [Theory]
    [InlineData(0.01, new[] { 1 })]
    [InlineData(0.5, new[] { 1, 4 })]
    [InlineData(0.75, new[] { 1, 2, 4 })]
    [InlineData(1, new[] { 0, 1, 2, 3, 4, 7 })]
    public void Only_the_nucleus_competes(double topP, int[] expected)
        => Assert.Equal(expected, Draw(new SamplerOptions { Seed = 6, TopP = topP }, 3000).Distinct().Order());

    [Fact]
    public void Temperature_zero_takes_the_first_of_the_most_probable()
        => Assert.All(Draw(new SamplerOptions { Seed = 7, Temperature = 0 }, 20), choice => Assert.Equal(1, choice));

    [Fact]
    public void Scores_without_a_number_choose_nothing()
    {
        Sampler sampler = new(new SamplerOptions());
        Assert.Equal(-1, sampler.Next([float.NaN, float.NegativeInfinity]));
        Assert.Equal(-1, sampler.Next([]));
    }

    [Fact]
    public void Options_out_of_range_are_all_named()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Sampler(new SamplerOptions { Temperature = double.NaN, TopK = -1, TopP = 0 }));
        Assert.Contains("temperature: found NaN", error.Message, StringComparison.Ordinal);
        Assert.Contains("top-k: found -1", error.Message, StringComparison.Ordinal);
        Assert.Contains("top-p: found 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choosing_allocates_nothing_after_the_first()
    {
        Sampler sampler = new(new SamplerOptions { TopK = 4, TopP = 0.9 });
        for (int i = 0; i < 10; i++) sampler.Next(s_scores);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 100; i++) sampler.Next(s_scores);
        }));
    }

    private static int[] Draw(SamplerOptions options, int count)
    {
        Sampler sampler = new(options);
        return [.. Enumerable.Range(0, count).Select(_ => sampler.Next(s_scores))];
    }
}
