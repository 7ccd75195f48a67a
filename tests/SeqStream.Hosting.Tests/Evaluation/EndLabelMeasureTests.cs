using System.IO.Compression;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;

namespace SeqStream.Hosting.Tests.Evaluation;

public sealed class EndLabelMeasureTests : IDisposable
{
    private readonly LabelledModelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Cases_are_right_or_wrong_at_the_end_and_on_the_way()
    {
        using LoadedModel model = _folder.Load(2, [0, 1], Card("""{"type":"vector"}""", "ts"));
        string path = _folder.Write("cases.ts", "#note\n@data\n1,1,1,0,0:0,0,0,1,1:b\n1,1,1,1,1:0,0,0,0,0:a\n0,0,0,0,0:1,1,1,1,1:a\n");

        EvaluationReport report = await new ModelEvaluator(model).RunAsync(path, CancellationToken.None);

        Assert.Equal(3, report.Sequences);
        Assert.Equal(15, report.Steps);
        Assert.Equal(["accuracy at the end", "accuracy when 40 % has passed", "accuracy when 60 % has passed", "accuracy when 80 % has passed"], report.Figures.Select(static figure => figure.Metric));
        Assert.Equal([2.0 / 3, 1.0 / 3, 1.0 / 3, 2.0 / 3], report.Figures.Select(static figure => figure.Value));
    }

    [Theory]
    [InlineData("1,2\n", "line 1: found one part, expected channels and a label")]
    [InlineData("@data\n1,2:3:a\n", "line 2: found channels of 2, 1 steps, expected as many in each")]
    [InlineData("1,?:3,4:a\n", "line 1: found '?', expected a number")]
    public async Task Bad_case_is_refused_with_its_line(string text, string problem)
    {
        using LoadedModel model = _folder.Load(2, [0, 1], Card("""{"type":"vector"}""", "ts"));
        string path = _folder.Write("cases.ts", text);
        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => new ModelEvaluator(model).RunAsync(path, CancellationToken.None));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    /// <summary>The model says "a" while the neck is above the hip and "b" while it is beside it; frames without a body count for nothing.</summary>
    [Fact]
    public async Task Bodies_are_read_frame_by_frame()
    {
        using LoadedModel model = _folder.Load(63, [7, 6], Card("""{"type":"skeleton","channels":60,"hip":6,"neck":2,"back":[],"gains":[1,1]}""", "msr-action3d"));
        string path = Zip(("a01_s02_e01_skeleton3D.txt", Frame(neckX: 1, neckY: 0) + Frame(0, 0, hip: 0) + Frame(0, 1)), ("a02_s02_e01_skeleton3D.txt", Frame(0, 1)));

        EvaluationReport report = await new ModelEvaluator(model).RunAsync(path, CancellationToken.None);

        Assert.Equal(3, report.Steps);
        Assert.Equal([0.5, 0, 0, 0.5], report.Figures.Select(static figure => figure.Value));
    }

    /// <summary>The model says "a" while the pixel at the hip's place is bright and "b" while the one in the upper left corner is.</summary>
    [Fact]
    public async Task Figures_are_drawn_of_every_second_frame()
    {
        using LoadedModel model = _folder.Load(2 * 48 * 48, [(20 * 48) + 20, 0], Card("""{"type":"pictures","channels":2304}""", "msr-action3d-figures"));
        string path = Zip(("x/a01_s02_e01_skeleton3D.txt", string.Concat(Enumerable.Repeat(Frame(0, 1), 5))));

        EvaluationReport report = await new ModelEvaluator(model).RunAsync(path, CancellationToken.None);

        Assert.Equal(3, report.Steps);
        Assert.All(report.Figures, static figure => Assert.Equal(1, figure.Value));
    }

    [Theory]
    [InlineData("a01_s02_e01_skeleton3D.txt", "1 2 3\n", "line 1: found 3 numbers, expected 4")]
    [InlineData("a01_s02_e01_skeleton3D.txt", "1 2 x 1\n", "line 1: found 'x', expected a number")]
    [InlineData("a01_s02_e01_skeleton3D.txt", "1 2 3 1\n", "the last frame has 1 joints, expected 20")]
    [InlineData("a09_s02_e01_skeleton3D.txt", "", "expected a name such as 'a01_s02_e03_skeleton3D.txt' with an action from 1 to 2")]
    public async Task Bad_body_file_is_refused_with_its_place(string name, string text, string problem)
    {
        using LoadedModel model = _folder.Load(63, [7, 6], Card("""{"type":"skeleton","channels":60,"hip":6,"neck":2,"back":[],"gains":[1,1]}""", "msr-action3d"));
        string path = Zip((name, text));
        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => new ModelEvaluator(model).RunAsync(path, CancellationToken.None));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_form_of_file_is_refused()
    {
        using LoadedModel model = _folder.Load(2, [0, 1], Card("""{"type":"vector"}""", "xml"));
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => new ModelEvaluator(model).RunAsync("x", CancellationToken.None));
        Assert.Contains("data of the form 'xml'", error.Message, StringComparison.Ordinal);
    }

    private static string Card(string frontEnd, string format)
        => $$$"""{"name":"test","labels":["a","b"],"frontEnd":{{{frontEnd}}},"decoder":{"type":"labels","at":"running"},"evaluation":{"type":"label-at-end","format":"{{{format}}}"}}""";

    /// <summary>20 joints at the hip but for the neck.</summary>
    private static string Frame(int neckX, int neckY, int hip = 2)
        => string.Concat(Enumerable.Range(0, 20).Select(joint => FormattableString.Invariant($"{(joint == 2 ? hip + neckX : hip)} {(joint == 2 ? hip + neckY : hip)} {hip} 1\n")));

    private string Zip(params (string Name, string Text)[] files)
    {
        string path = Path.Combine(_folder.Path, "bodies.zip");
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, string text) in files)
        {
            using StreamWriter writer = new(archive.CreateEntry(name).Open());
            writer.Write(text);
        }
        return path;
    }
}
