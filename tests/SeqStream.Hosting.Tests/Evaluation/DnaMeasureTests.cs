using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Evaluation;

/// <summary>Figures of DNA for models that answer each letter by itself.</summary>
public sealed class DnaMeasureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-eval-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Junctions_are_those_of_the_middle_of_each_window()
    {
        // the letter before the middle says: A EI, C IE, G and T N
        EvaluationReport report = await Run("junctions", """["EI","IE","N"]""", [9, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 9], "EI,  one,   GAGG\nEI,two,CCAA\nIE,three, AACGTT  \n\nN,four,acgtac\n");
        Assert.Equal((4, 20), (report.Sequences, report.Steps));
        Assert.Equal(["accuracy", "errors of EI", "errors of IE", "errors of N"], report.Figures.Select(figure => figure.Metric));
        Assert.Equal([0.75, 0.5, 0, 0], report.Figures.Select(figure => figure.Value));
    }

    [Theory]
    [InlineData("EI,one\n", "line 1: found 'EI,one', expected 'class,name,letters'")]
    [InlineData("EI,one,ACGT\nXX,two,ACGT\n", "line 2: found 'XX,two,ACGT'")]
    public async Task Lines_of_another_form_are_refused(string content, string problem)
        => Assert.Contains(problem, (await Assert.ThrowsAsync<InvalidDataException>(() => Run("junctions", """["EI","IE","N"]""", new float[12], content))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Coding_letters_are_those_of_CDS_features_on_either_strand()
    {
        // A and C are said to code; what codes: 1-4 and 7-8 of the first record, nothing of the second
        EvaluationReport report = await Run("coding-letters", """["coding","other"]""", [9, 0, 9, 0, 0, 9, 0, 9], """
            LOCUS       ONE 10 bp
            FEATURES             Location/Qualifiers
                 source          1..10
                                 /note="CDS 1..10"
                 CDS             join(<1..2,3..4,
                                 X99999.1:5..6)
                                 /note="a"
                 CDS             complement(order(7,8))
            ORIGIN
                    1 acgtgt acgt
            //
            LOCUS       TWO 2 bp
            ORIGIN
                    1 gg
            //
            """);
        Assert.Equal((2, 12), (report.Sequences, report.Steps));
        Dictionary<string, double> figures = report.Figures.ToDictionary(figure => figure.Metric, figure => figure.Value);
        // hits a c a c, misses g t, no alarms, rests g t g t g g
        Assert.Equal(((4 / 6.0) + 1) / 2, figures["balanced accuracy"], 12);
        Assert.Equal(10 / 12.0, figures["accuracy"], 12);
        Assert.Equal(0.8, figures["F1 of coding"], 12);
        Assert.Equal(0.5, figures["share that codes"], 12);
        Assert.Equal(24 / Math.Sqrt(6 * 4 * 8 * 6), figures["Matthews correlation"], 12);
    }

    [Fact]
    public async Task Only_the_last_fifth_of_a_long_record_is_counted()
    {
        string letters = string.Concat(Enumerable.Repeat("acgt", 5001));
        EvaluationReport report = await Run("coding-letters", """["coding","other"]""", [9, 0, 9, 0, 0, 9, 0, 9], $"LOCUS\n     CDS             1..4\nORIGIN\n        1 {letters}\n//\n");
        Assert.Equal(letters.Length - (letters.Length * 4 / 5), report.Steps);
        Assert.Equal(0, report.Figures[3].Value);
    }

    [Theory]
    [InlineData("ACGT\n", "found no record with letters")]
    [InlineData("LOCUS\n     CDS             1..5\nORIGIN\n        1 acgt\n", "found the location 1..5 in a record of 4 letters")]
    public async Task Files_that_are_not_GenBank_are_refused(string content, string problem)
        => Assert.Contains(problem, (await Assert.ThrowsAsync<InvalidDataException>(() => Run("coding-letters", """["coding","other"]""", new float[8], content))).Message, StringComparison.Ordinal);

    private async Task<EvaluationReport> Run(string type, string labels, float[] weights, string content)
    {
        string path = Path.Combine(_folder, "data.txt");
        File.WriteAllText(path, content);
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, "batch", 4).Initializer("w", [4, weights.Length / 4], weights).Node("MatMul", ["x", "w"], ["y"]).Output("y", ElementType.Float32, "batch", weights.Length / 4);
        File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), model.ToBytes());
        File.WriteAllText(Path.Combine(_folder, "card.json"), $$"""{"name":"test","labels":{{labels}},"frontEnd":{"type":"nucleotides"},"decoder":{"type":"labels"},"evaluation":{"type":"{{type}}"} }""");
        using LoadedModel loaded = ModelLoader.Load(ModelCatalog.Find(_folder).Resolve(_folder));
        return await new ModelEvaluator(loaded).RunAsync(path, CancellationToken.None);
    }
}
