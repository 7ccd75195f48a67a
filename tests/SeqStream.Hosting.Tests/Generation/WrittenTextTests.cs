using System.Text;
using SeqStream.Decoding.Sampling;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Generation;
using SeqStream.State;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Generation;

/// <summary>Texts written by the bundled models.</summary>
public sealed class WrittenTextTests
{
    [Fact]
    public void The_same_seed_writes_the_same_tune_and_another_another()
    {
        using LoadedModel model = Load("music");
        Assert.Equal(Tune(model, 3), Tune(model, 3));
        Assert.NotEqual(Tune(model, 3), Tune(model, 4));
    }

    [Theory]
    [InlineData("", "X: 1\n")]
    [InlineData("K:G\n", "X: 1\nK:G\n")]
    [InlineData("X:7\nT:Mine\n", "X:7\nT:Mine\n")]
    public void A_prompt_without_a_beginning_gets_the_one_of_the_card(string prompt, string expected)
    {
        using LoadedModel model = Load("music");
        using LetterGenerator generator = new(model, new GenerationOptions { Prompt = prompt });
        Assert.StartsWith(expected, generator.Next(0, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tune_saved_at_any_place_goes_on_symbol_for_symbol()
    {
        using LoadedModel model = Load("music");
        GenerationOptions options = new() { Prompt = "K:G\n", Sampler = new SamplerOptions { Seed = 5 }, MaxSteps = 60 };
        using LetterGenerator first = new(model, options), second = new(model, options);
        string whole = first.Next(0, out _);
        for (int place = 0; place < 60; place += 7)
        {
            first.Begin(0);
            StringBuilder text = new("X: 1\nK:G\n");
            for (int i = 0; i < place && first.TryNext(out string symbol, out _); i++) text.Append(symbol);
            second.Begin(9);
            second.Restore(first.Save());
            while (second.TryNext(out string symbol, out _)) text.Append(symbol);
            Assert.Equal(whole, text.ToString());
        }
    }

    [Fact]
    public void Cut_or_damaged_memory_is_refused()
    {
        using LoadedModel model = Load("music");
        using LetterGenerator generator = new(model, new GenerationOptions());
        byte[] saved = generator.Save();
        foreach (int cut in new[] { 0, 3, 8, 40, saved.Length - 1 }) Assert.Throws<StateSnapshotException>(() => generator.Restore(saved.AsSpan(0, cut)));
        saved[^5] ^= 1;
        Assert.Throws<StateSnapshotException>(() => generator.Restore(saved));
    }

    [Fact]
    public void Unknown_letters_of_a_prompt_are_refused()
    {
        using LoadedModel model = Load("music");
        Assert.Contains("'é'", Assert.Throws<ArgumentException>(() => new LetterGenerator(model, new GenerationOptions { Prompt = "T:é" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_steps_give_the_prompt_back() => Assert.Equal("X:1\nK:C\nCDE\n", Write("X:1\nK:C\nCDE\n", 0));

    private static string Write(string prompt, int steps)
    {
        using LoadedModel model = Load("music");
        using LetterGenerator generator = new(model, new GenerationOptions { Prompt = prompt, MaxSteps = steps });
        return generator.Next(0, out _);
    }

    private static string Tune(LoadedModel model, ulong seed)
    {
        using LetterGenerator generator = new(model, new GenerationOptions { Sampler = new SamplerOptions { Seed = seed } });
        return generator.Next(0, out _);
    }

    internal static LoadedModel Load(string name)
    {
        string folder = Path.Combine(SharedFolder.Repository, "models", name);
        return ModelLoader.Load(ModelCatalog.Find(folder).Resolve(folder));
    }
}
