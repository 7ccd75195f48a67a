using SeqStream.Decoding.Sampling;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;
using SeqStream.Hosting.Generation;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Generation;

/// <summary>Generation with a class, by a model that says b after a for the first class, c for the second, and ends after both.</summary>
public sealed class LetterGeneratorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-generate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "ab")]
    [InlineData("first", "ab")]
    [InlineData("second", "ac")]
    public void Class_is_given_at_every_step(string name, string expected)
    {
        using LoadedModel model = Load(hasClass: true);
        using LetterGenerator generator = new(model, Options(name));
        Assert.Equal(expected, generator.Next(0, out _));
        Assert.Equal(expected, generator.Next(1, out _));
    }

    [Fact]
    public void Unknown_class_is_told_with_those_there_are()
    {
        using LoadedModel model = Load(hasClass: true);
        Assert.Contains("no class 'third'. It has: first, second.", Assert.Throws<ArgumentException>(() => new LetterGenerator(model, Options("third"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_of_a_model_without_classes_is_refused()
    {
        using LoadedModel model = Load(hasClass: false);
        using LetterGenerator generator = new(model, Options(""));
        Assert.Equal("ab", generator.Next(0, out _));
        Assert.Contains("has no classes to choose among", Assert.Throws<ArgumentException>(() => new LetterGenerator(model, Options("first"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letters_are_measured_as_each_class()
    {
        string path = Path.Combine(_folder, "names.txt");
        File.WriteAllText(path, "ac\n");
        using LoadedModel model = Load(hasClass: true);
        EvaluationReport report = await new ModelEvaluator(model).RunAsync(path, CancellationToken.None);
        Assert.Equal(["nats per letter, end mark counted", "nats per letter as second"], report.Figures.Select(figure => figure.Metric));
        Assert.True(report.Figures[0].Value > 6, $"{report.Figures[0].Value}");
        Assert.True(report.Figures[1].Value < 0.01, $"{report.Figures[1].Value}");
    }

    private static GenerationOptions Options(string name) => new() { Class = name, Sampler = new SamplerOptions { Temperature = 0 } };

    private LoadedModel Load(bool hasClass)
    {
        OnnxModelWriter model = new();
        // what follows the start, a, b and c, of the first class; the second adds to that
        model.Graph.Input("ids", ElementType.Int64, "batch").Initializer("next", [4, 4], 0, 20, 0, 0, 0, 0, 20, 0, 20, 0, 0, 0, 20, 0, 0, 0);
        if (hasClass)
        {
            model.Graph.Input("class", ElementType.Int64, "batch").Initializer("more", [2, 4], 0, 0, 0, 0, 0, 0, -20, 20)
                .Initializer("only", [4, 1], 0, 1, 0, 0).Node("Gather", ["only", "ids"], ["here"], ("axis", 0)).Node("Gather", ["more", "class"], ["kind"], ("axis", 0))
                .Node("Mul", ["kind", "here"], ["change"]).Node("Gather", ["next", "ids"], ["plain"], ("axis", 0)).Node("Add", ["plain", "change"], ["logits"]);
        }
        else
        {
            model.Graph.Node("Gather", ["next", "ids"], ["logits"], ("axis", 0));
        }
        model.Graph.Output("logits", ElementType.Float32, "batch", 4);
        File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), model.ToBytes());
        File.WriteAllText(Path.Combine(_folder, "card.json"), $$"""
            {"name":"test","frontEnd":{"type":"letters","symbols":["","a","b","c"],"start":0,"end":0{{(hasClass ? ",\"class\":{\"names\":[\"first\",\"second\"]}" : "")}} },"evaluation":{"type":"letters"} }
            """);
        return ModelLoader.Load(ModelCatalog.Find(_folder).Resolve(_folder));
    }
}
