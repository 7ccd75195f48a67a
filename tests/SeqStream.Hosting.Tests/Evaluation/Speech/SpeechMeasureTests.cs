using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Evaluation.Speech;

/// <summary>The figures of models whose answers are known: they say the same at every step, whatever they hear.</summary>
public sealed class SpeechMeasureTests : IDisposable
{
    private const string FrontEnd = """ "frontEnd":{"type":"log-mel","rate":8000,"windowMs":25,"hopMs":10,"bands":16,"join":2} """;
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-spoken-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Transcript_of_one_wrong_word_has_every_wanted_word_wrong()
    {
        using LoadedModel model = Load(scores: 11, best: 10, $$"""{"name":"test","task":"test",{{Labels("<blank>")}},{{FrontEnd}},"decoder":{"type":"ctc","stepMs":20},"evaluation":{"type":"transcripts"} }""");
        EvaluationReport report = await new ModelEvaluator(model).RunAsync(SpokenArchive.Write(_folder), CancellationToken.None);

        Assert.Equal(300, report.Sequences);
        Assert.InRange(report.Steps, 3 * 300, 7 * 300);
        Assert.Equal("word error rate", report.Figures[0].Metric);
        Assert.InRange(report.Figures[0].Value, 0.8, 0.999); // one word of each string is said, and one in ten is a nine
        Assert.Equal(0, report.Figures[1].Value);
    }

    [Fact]
    public async Task Keyword_that_is_always_said_is_right_for_one_digit_of_ten()
    {
        using LoadedModel model = Load(scores: 11, best: 10, $$"""{"name":"test","task":"test",{{Labels("silence")}},{{FrontEnd}},"decoder":{"type":"segments","stepMs":20},"evaluation":{"type":"keywords"} }""");
        EvaluationReport report = await new ModelEvaluator(model).RunAsync(SpokenArchive.Write(_folder), CancellationToken.None);

        Assert.Equal(4 * 20, report.Sequences);
        Assert.Equal(("keyword accuracy", 0.1), (report.Figures[0].Metric, report.Figures[0].Value));
        Assert.InRange(report.Figures[1].Value, 0.8, 0.99); // all frames are tagged as speech; most are none
        Assert.InRange(report.Figures[2].Value, -1.2, -0.7); // from the beginning, a second before the word
    }

    [Fact]
    public async Task Model_that_takes_no_sound_is_refused()
    {
        using LoadedModel model = Load(scores: 11, best: 0, $$"""{"name":"test","task":"test",{{Labels("silence")}},"decoder":{"type":"segments"},"evaluation":{"type":"keywords"} }""");

        ArgumentException problem = await Assert.ThrowsAsync<ArgumentException>(() => new ModelEvaluator(model).RunAsync(SpokenArchive.Write(_folder), CancellationToken.None));
        Assert.Contains("does not take sound at 8000 Hz", problem.Message, StringComparison.Ordinal);
    }

    private static string Labels(string first) => $"\"labels\":[\"{first}\",\"zero\",\"one\",\"two\",\"three\",\"four\",\"five\",\"six\",\"seven\",\"eight\",\"nine\"]";

    /// <summary>A model of 32 features whose scores are 0, but 5 for one.</summary>
    private LoadedModel Load(int scores, int best, string card)
    {
        float[] bias = new float[scores];
        bias[best] = 5;
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, "batch", 32).Initializer("weights", [32, scores], new float[32 * scores]).Initializer("bias", [scores], bias)
            .Node("MatMul", ["x", "weights"], ["product"]).Node("Add", ["product", "bias"], ["y"]).Output("y", ElementType.Float32, "batch", scores);
        File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), model.ToBytes());
        File.WriteAllText(Path.Combine(_folder, "card.json"), card);
        return ModelLoader.Load(ModelCatalog.Find(_folder).Resolve(_folder));
    }
}
