using System.IO.Compression;
using System.Text.Json;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Evaluation;

public sealed class TranslationMeasureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-bleu-").FullName;
    private readonly LoadedModel _model = ModelLoader.Load(ModelCatalog.Find(Path.Combine(SharedFolder.Repository, "models")).Resolve("translate-fr-en"));
    private readonly (string French, string English)[] _pairs;

    public TranslationMeasureTests()
        => _pairs = [.. File.ReadLines(Path.Combine(SharedFolder.Repository, "models", "translate-fr-en", "golden.jsonl")).Select(static line => JsonDocument.Parse(line).RootElement).Select(static line => (line.GetProperty("text").GetString()!, line.GetProperty("answer").GetString()!))];

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Sentences_in_two_files_are_compared_line_by_line()
    {
        Pack("x.fr.gz", _pairs.Select(static pair => pair.French));
        Pack("x.en.gz", _pairs.Select(static pair => pair.English.ToUpperInvariant()));
        EvaluationReport report = await Measure("x.fr.gz");
        Assert.Equal(_pairs.Length, report.Sequences);
        Assert.Equal(_pairs.Sum(static pair => Bleu.WordsOf(pair.English).Length), report.Steps);
        Assert.Equal(100, Figure(report, "BLEU, lower case, greedy"), 10);
        Assert.True(Figure(report, "BLEU, cased, greedy") < 50);
        Assert.True(Figure(report, "BLEU, lower case, beam 4") > 10);
    }

    [Fact]
    public async Task A_table_has_the_wanted_sentence_first()
    {
        File.WriteAllLines(Path.Combine(_folder, "x.tsv"), _pairs.Select(static pair => $"{pair.English}\t{pair.French}\tby hand"));
        Assert.Equal(100, Figure(await Measure("x.tsv"), "BLEU, cased, greedy"), 10);
    }

    [Theory]
    [InlineData("x.fr", "has 1 lines and")]
    [InlineData("x.txt", "expected a file NAME.fr with NAME.en beside it")]
    [InlineData("bad.tsv", "line 1: found 'alone', expected 'wanted<TAB>source'")]
    public async Task Files_of_another_form_are_refused(string name, string problem)
    {
        File.WriteAllText(Path.Combine(_folder, "x.fr"), "un\n");
        File.WriteAllText(Path.Combine(_folder, "x.en"), "one\ntwo\n");
        File.WriteAllText(Path.Combine(_folder, "x.txt"), "un\n");
        File.WriteAllText(Path.Combine(_folder, "bad.tsv"), "alone\n");
        Assert.Contains(problem, (await Assert.ThrowsAsync<InvalidDataException>(() => Measure(name))).Message, StringComparison.Ordinal);
    }

    private Task<EvaluationReport> Measure(string name) => new ModelEvaluator(_model).RunAsync(Path.Combine(_folder, name), TestContext.Current.CancellationToken);

    private static double Figure(EvaluationReport report, string metric) => report.Figures.Single(figure => figure.Metric == metric).Value;

    private void Pack(string name, IEnumerable<string> lines)
    {
        using StreamWriter writer = new(new GZipStream(File.Create(Path.Combine(_folder, name)), CompressionLevel.Fastest));
        foreach (string line in lines) writer.Write(line + "\n");
    }
}
