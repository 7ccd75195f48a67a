using System.IO.Compression;
using SeqStream.Decoding.Strokes;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Evaluation;

public sealed class StrokeMeasureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-strokes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Nats_are_those_of_the_mixture_and_of_the_fitted_gaussian()
    {
        string path = Write(("cat", "{\"drawing\":[[[0,100],[0,50]],[[100,0],[0,100]]]}\n"), ("dog", "no drawing at all\n"));
        using LoadedModel model = Load();
        EvaluationReport report = await new ModelEvaluator(model).RunAsync(path, CancellationToken.None);

        // A standard normal distribution about 0 for every offset, and each state of the pen with 1/3. Offsets in units of 100 from the middle (0.5, 0.5).
        (double X, double Y)[] offsets = [(-0.5, -0.5), (1, 0.5), (0, -0.5), (-1, 1)];
        double offset = offsets.Average(static o => Math.Log(2 * Math.PI) + (o.X * o.X + o.Y * o.Y) / 2);
        Assert.Equal(1, report.Sequences);
        Assert.Equal(5, report.Steps);
        Assert.Equal(offset + Math.Log(3), report.Figures[0].Value, 6);
        double mx = offsets.Average(static o => o.X), my = offsets.Average(static o => o.Y);
        double xx = offsets.Average(o => Math.Pow(o.X - mx, 2)), yy = offsets.Average(o => Math.Pow(o.Y - my, 2)), xy = offsets.Average(o => (o.X - mx) * (o.Y - my));
        double pens = -(0.4 * Math.Log(0.4) * 2 + 0.2 * Math.Log(0.2));
        Assert.Equal(1 + Math.Log(2 * Math.PI) + Math.Log(xx * yy - xy * xy) / 2 + pens, report.Figures[3].Value, 6);
    }

    [Theory]
    [InlineData("{\"drawing\":7}")]
    [InlineData("{\"strokes\":[]}")]
    [InlineData("{\"drawing\":[[[1]]]}")]
    [InlineData("{\"drawing\":[[[1],[\"x\"]]]}")]
    [InlineData("nothing")]
    public async Task A_line_that_is_no_drawing_is_refused_with_its_place(string line)
    {
        using LoadedModel model = Load();
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(() => new ModelEvaluator(model).RunAsync(Write(("cat", "\n" + line + "\n")), CancellationToken.None));
        Assert.Contains("cat.ndjson, line 2: expected an object with a list 'drawing'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_a_drawing_without_strokes_is_told()
        => Assert.Equal([(0.0, 0.0, PenState.Ends)], StrokeMeasure.OffsetsOf([], new SeqStream.FrontEnds.Strokes.StrokeOptions(100, 1, false, 2, 0, null)));

    private string Write(params (string Category, string Lines)[] files)
    {
        string path = Path.Combine(_folder, "drawings.zip");
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string category, string lines) in files)
        {
            using StreamWriter writer = new(archive.CreateEntry($"sketch/{category}.ndjson").Open());
            writer.Write(lines);
        }
        return path;
    }

    /// <summary>A model that answers one standard normal distribution and equal odds of the pen, whatever it is given.</summary>
    private LoadedModel Load()
    {
        OnnxModelWriter model = new();
        model.Graph.Input("points", ElementType.Float32, "batch", 9).Input("class", ElementType.Int64, "batch").Initializer("none", [9, 9], new float[81]).Initializer("table", [1, 9], new float[9])
            .Node("MatMul", ["points", "none"], ["zeros"]).Node("Gather", ["table", "class"], ["kind"], ("axis", 0)).Node("Add", ["zeros", "kind"], ["mixture"]).Output("mixture", ElementType.Float32, "batch", 9);
        File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), model.ToBytes());
        File.WriteAllText(Path.Combine(_folder, "card.json"), """{"name":"test","frontEnd":{"type":"strokes","scale":100,"canvas":100,"class":{"names":["cat"]}},"decoder":{"type":"mixture-density","mixtures":1,"scale":100},"evaluation":{"type":"strokes"}}""");
        return ModelLoader.Load(ModelCatalog.Find(_folder).Resolve(_folder));
    }
}
