using SeqStream.Decoding.Music;
using SeqStream.Decoding.Sampling;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Generation;

namespace SeqStream.Hosting.Tests.Generation;

public sealed class TuneGeneratorTests
{
    private static readonly GenerationOptions s_options = new() { Prompt = "K:D\n", Sampler = new SamplerOptions { Temperature = 1 } };

    [Fact]
    public void Tunes_of_a_given_key_are_in_it_and_can_be_read_though_some_first_draws_cannot()
    {
        using LoadedModel model = WrittenTextTests.Load("music");
        using TuneGenerator generator = new(model, s_options);
        int redrawn = 0;
        for (int i = 0; i < 20; i++)
        {
            Tune tune = AbcReader.Read(generator.Next(i, out double nats, out int draws));
            Assert.Equal(2, tune.Key.Fifths);
            Assert.Empty(tune.Problems);
            Assert.True(nats > 0);
            if (draws > 1) redrawn++;
        }
        Assert.InRange(redrawn, 1, 19);
    }

    [Fact]
    public void A_tune_does_not_depend_on_those_drawn_before()
    {
        using LoadedModel model = WrittenTextTests.Load("music");
        using TuneGenerator one = new(model, s_options), other = new(model, s_options);
        string[] tunes = [.. Enumerable.Range(0, 4).Select(i => one.Next(i, out _, out _))];
        Assert.Equal(tunes[3], other.Next(3, out _, out _));
        Assert.Equal(4, tunes.Distinct().Count());
    }

    [Fact]
    public void With_a_greatest_length_the_first_draw_is_taken_as_it_is()
    {
        using LoadedModel model = WrittenTextTests.Load("music");
        using TuneGenerator generator = new(model, s_options with { MaxSteps = 9 });
        Assert.Equal("X: 1\nK:D\n".Length + 9, generator.Next(0, out _, out int draws).Length);
        Assert.Equal(1, draws);
    }
}
