using System.IO.Compression;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Evaluation;

/// <summary>Figures of texts with one label each, for a model that says the label of the last letter, a for the first label and b for the second.</summary>
public sealed class TextLabelMeasureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-eval-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Classes_before_the_words_are_counted_at_the_last_label()
    {
        EvaluationReport report = await Run("reviews.txt.gz", "0 b a\n0 b\n1 a b\n\n1 a a b\n", "low", "high");
        Assert.Equal(4, report.Sequences);
        Assert.Equal(["accuracy", "weighted F1", "macro F1", "F1 of low", "F1 of high"], report.Figures.Select(figure => figure.Metric));
        // said: low high high high; wanted: low low high high
        Assert.Equal([0.75, 0.7333, 0.7333, 0.6667, 0.8], report.Figures.Select(figure => Math.Round(figure.Value, 4)));
    }

    [Fact]
    public async Task Tables_are_read_by_the_names_of_their_columns()
    {
        EvaluationReport stars = await Run("stars.tsv", "rating\tdate\tverified_reviews\n1\tx\t\"a\"\n2\ty\t\"b\"\n", "1", "2");
        Assert.Equal((2, 1.0), (stars.Sequences, stars.Figures[0].Value));
        EvaluationReport tweets = await Run("tweets.csv", ",class,tweet\r\n7,1,b\r\n8,0,b\r\n", "rude", "kind");
        Assert.Equal((2, 0.5), (tweets.Sequences, tweets.Figures[0].Value));
    }

    [Fact]
    public async Task Two_way_labels_take_the_last_label_as_harmless()
    {
        EvaluationReport report = await Run("two.csv", "text,is_toxic\na,Toxic\nb,Not Toxic\n\"b\",Toxic\n", "rude", "kind");
        Assert.Equal(["F1 of Toxic", "F1 of Not Toxic"], report.Figures[^2..].Select(figure => figure.Metric));
        Assert.Equal(0.6667, report.Figures[0].Value, 4);
    }

    [Theory]
    [InlineData("7 a\n", "line 1: found the class '7', expected a number from 0 to 1")]
    [InlineData("0 a\nword\n", "line 2: found 'word', expected a class and the words of a text")]
    [InlineData(",class,tweet\n1,0\n", "record 1: found 2 fields, expected at least 3")]
    public async Task Bad_file_is_refused_with_the_place(string content, string problem)
    {
        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => Run("bad.txt", content, "x", "y"));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quoted_fields_hold_separators_line_ends_and_quotation_marks()
        => Assert.Equal(["a|b,\"c\"\nd|", "e||f"], QuotedTable.Rows(new StringReader("a,\"b,\"\"c\"\"\nd\",\r\n\ne,,f"), ',').Select(static row => string.Join('|', row)));

    private async Task<EvaluationReport> Run(string name, string content, string first, string second)
    {
        string path = Path.Combine(_folder, name);
        using (FileStream file = File.Create(path))
        using (Stream bytes = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Compress) : file)
        using (StreamWriter writer = new(bytes)) writer.Write(content);
        using LoadedModel model = Load(first, second);
        return await new ModelEvaluator(model).RunAsync(path, CancellationToken.None);
    }

    /// <summary>A model of the letters a and b (blanks say nothing new) whose answer is the newest letter's label, said while it runs.</summary>
    private LoadedModel Load(string first, string second)
    {
        OnnxModelWriter model = new();
        model.Graph.Input("ids", ElementType.Int64, "batch").Initializer("table", [4, 2], 0, 0, 0, 0, 0, 5, 5, 0)
            .Node("Gather", ["table", "ids"], ["logits"], ("axis", 0)).Output("logits", ElementType.Float32, "batch", 2);
        File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), model.ToBytes());
        File.WriteAllText(Path.Combine(_folder, "card.json"), $$"""
            {"name":"test","labels":["{{first}}","{{second}}"],"frontEnd":{"type":"letters","symbols":[""," ","b","a"],"start":0,"end":0},
            "decoder":{"type":"labels","at":"running"},"evaluation":{"type":"label-per-text"} }
            """);
        return ModelLoader.Load(ModelCatalog.Find(_folder).Resolve(_folder));
    }
}
