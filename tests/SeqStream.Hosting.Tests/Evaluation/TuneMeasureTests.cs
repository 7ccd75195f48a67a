using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;
using SeqStream.Hosting.Tests.Generation;

namespace SeqStream.Hosting.Tests.Evaluation;

public sealed class TuneMeasureTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Every_character_of_the_file_is_counted_and_drawn_tunes_can_be_read()
    {
        const string Text = "X: 1\nT:One\nM:4/4\nL:1/4\nK:G\n\"G\"GABc|d4|\n\nX: 2\nT:Two\nM:4/4\nL:1/4\nK:G\n\"G\"dcBA|G4|\n\n";
        await File.WriteAllTextAsync(_file, Text);
        using LoadedModel model = WrittenTextTests.Load("music");
        EvaluationReport report = await new ModelEvaluator(model).RunAsync(_file, CancellationToken.None);

        Assert.Equal(2, report.Sequences);
        Assert.Equal(Text.Length, report.Steps);
        Assert.InRange(report.Figures[0].Value, 0.5, 3);
        Assert.NotEqual(report.Figures[0].Value, report.Figures[1].Value);
        Assert.InRange(report.Figures[2].Value, 0.95, 1);
    }

    [Fact]
    public async Task An_unknown_letter_is_refused_with_its_tune()
    {
        await File.WriteAllTextAsync(_file, "X: 1\nK:C\nC\n\nX: 2\nT:Fü\n");
        using LoadedModel model = WrittenTextTests.Load("music");
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(() => new ModelEvaluator(model).RunAsync(_file, CancellationToken.None));
        Assert.Contains("tune 2: found the letter 'ü'", problem.Message, StringComparison.Ordinal);
    }
}
