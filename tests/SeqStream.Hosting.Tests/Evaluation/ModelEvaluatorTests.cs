using System.IO.Compression;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Evaluation;

/// <summary>The figures are those computed by hand for models whose answers are known.</summary>
public sealed class ModelEvaluatorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-eval-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Labels_are_counted_per_timestep_and_at_the_last()
    {
        string path = Path.Combine(_folder, "sequences.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Write(archive, "data/up/1.csv", "# comment\n0,1,0\n1,1,0\n2,0,1\n");
            Write(archive, "data/down/1.csv", "0,0,1\n1,0,1\n");
        }
        using LoadedModel model = Load("label-per-step", """{"type":"labels"}""", """ "labels":["up","down"], """);
        EvaluationReport report = await new ModelEvaluator(model).RunAsync(path, CancellationToken.None);

        Assert.Equal(2, report.Sequences);
        Assert.Equal(5, report.Steps);
        Assert.Equal(0.8, report.Figures[0].Value, 12);
        Assert.Equal(0.5, report.Figures[1].Value, 12);
    }

    [Fact]
    public async Task Nats_per_letter_count_the_end_mark()
    {
        string path = Path.Combine(_folder, "names.txt");
        File.WriteAllText(path, "a\nb\n");
        using LoadedModel model = LoadLetters();
        EvaluationReport report = await new ModelEvaluator(model).RunAsync(path, CancellationToken.None);

        Assert.Equal(4, report.Steps);
        Assert.Equal(Math.Log(3), report.Figures[0].Value, 6);
    }

    [Fact]
    public async Task Model_without_evaluation_is_refused()
    {
        using LoadedModel model = Load("", "", "");

        ArgumentException problem = await Assert.ThrowsAsync<ArgumentException>(() => new ModelEvaluator(model).RunAsync("x", CancellationToken.None));
        Assert.Contains("has no key 'evaluation'", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("B-PER I-PER O B-LOC", "0-2 PER, 3-4 LOC")]
    [InlineData("I-PER I-PER I-LOC O", "0-2 PER, 2-3 LOC")]
    [InlineData("B-PER B-PER O", "0-1 PER, 1-2 PER")]
    [InlineData("O O", "")]
    public void Entities_are_spans_of_one_type(string tags, string expected)
        => Assert.Equal(expected, string.Join(", ", EntitySpans.Of(tags.Split(' ')).OrderBy(static span => span.Start).Select(static span => $"{span.Start}-{span.End} {span.Type}")));

    private static void Write(ZipArchive archive, string name, string text)
    {
        using StreamWriter writer = new(archive.CreateEntry(name).Open());
        writer.Write(text);
    }

    /// <summary>A model that answers its two inputs, times 9, with a state that it adds zero times.</summary>
    private LoadedModel Load(string evaluation, string decoder, string more)
    {
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, "batch", 2).Initializer("nine", [1], 9f).Node("Mul", ["x", "nine"], ["y"]).Output("y", ElementType.Float32, "batch", 2);
        return LoadFolder(model, $$"""{"name":"test",{{more}}{{(decoder.Length > 0 ? $"\"decoder\":{decoder}," : "")}}{{(evaluation.Length > 0 ? $"\"evaluation\":{{\"type\":\"{evaluation}\"}}," : "")}}"task":"test"}""");
    }

    /// <summary>A model of letters a and b that finds every symbol equally probable: log 3 nats each.</summary>
    private LoadedModel LoadLetters()
    {
        OnnxModelWriter model = new();
        model.Graph.Input("ids", ElementType.Int64, "batch").Initializer("table", [3, 3], 1, 1, 1, 1, 1, 1, 1, 1, 1)
            .Node("Gather", ["table", "ids"], ["logits"], ("axis", 0)).Output("logits", ElementType.Float32, "batch", 3);
        return LoadFolder(model, """{"name":"test","frontEnd":{"type":"letters","symbols":["","a","b"],"start":0,"end":0},"evaluation":{"type":"letters"}}""");
    }

    private LoadedModel LoadFolder(OnnxModelWriter model, string card)
    {
        File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), model.ToBytes());
        File.WriteAllText(Path.Combine(_folder, "card.json"), card);
        return ModelLoader.Load(ModelCatalog.Find(_folder).Resolve(_folder));
    }
}
