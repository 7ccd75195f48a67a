using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;

namespace SeqStream.Hosting.Tests.Evaluation;

public sealed class NextMoveMeasureTests : IDisposable
{
    private const int Features = 30, Imbalance = 3, Deletion = 22; // features; no event of these tests is a deletion
    private readonly LabelledModelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The model says "up" if the book's imbalance is positive: that is the second rule that learns nothing, and 3 of the 4 counted events.</summary>
    [Fact]
    public async Task Directions_of_the_next_change_are_counted()
    {
        using LoadedModel model = Load("""["down","up"]""");
        _folder.Write("AMZN_orderbook_1.csv", "1000400;100;1000000;300\n1000400;300;1000000;100\n1000600;100;1000000;100\n1000400;200;1000000;100\n1000400;100;1000000;100\n");
        string path = _folder.Write("AMZN_message_1.csv", "10,1,1,50,1000000,1\n11,1,1,50,1000000,1\n11.5,1,1,50,1000000,1\n12,1,1,50,1000000,1\n13,1,1,50,1000000,1\n");

        EvaluationReport report = await new ModelEvaluator(model).RunAsync(path, CancellationToken.None);

        // Before each event the truth is: up, up, down, and nothing after the change at the fourth. Imbalances: 0.5, -0.5, 0.
        Assert.Equal(3, report.Steps);
        Assert.Equal(["macro F1", "log-loss", "macro F1 of going on as last", "macro F1 of moving away from the larger size"], report.Figures.Select(static figure => figure.Metric));
        double f1 = ((2.0 * 1 / (2 + 1)) + (2.0 * 1 / (1 + 2))) / 2; // up: said once, right; down: said twice, once right
        Assert.Equal(f1, report.Figures[0].Value, 9);
        double likely = Math.Log(1 + Math.Exp(-4.5)), unlikely = Math.Log(1 + Math.Exp(4.5));
        Assert.Equal((likely + unlikely + Math.Log(2)) / 3, report.Figures[1].Value, 5);
        Assert.Equal(0, report.Figures[2].Value, 9);
        Assert.Equal(f1, report.Figures[3].Value, 9);
    }

    [Theory]
    [InlineData("AMZN_1.csv", "found no '_message_' in the name", "")]
    [InlineData("A_message_1.csv", "is absent. Put both of LOBSTER's files into one folder", null)]
    [InlineData("A_message_1.csv", "found 1 messages, and 2 rows of the order book", "1;1;1;1\n1;1;1;1\n")]
    [InlineData("A_message_1.csv", "line 1: found 3 columns, expected 4", "1;1;1\n")]
    [InlineData("A_message_1.csv", "line 1: found 'x', expected a number", "1;1;x;1\n")]
    [InlineData("A_message_1.csv", "the book is crossed", "1;1;2;1\n")]
    public async Task Bad_file_is_refused_with_its_place(string name, string problem, string? book)
    {
        using LoadedModel model = Load("""["down","up"]""");
        string path = _folder.Write(name, "10,1,1,50,1000000,1\n");
        if (book is not null) _folder.Write("A_orderbook_1.csv", book);

        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => new ModelEvaluator(model).RunAsync(path, CancellationToken.None));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_with_other_labels_is_refused()
    {
        using LoadedModel model = Load("""["left","right"]""");
        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => new ModelEvaluator(model).RunAsync("A_message_1.csv", CancellationToken.None));
        Assert.Contains("expects down and up", error.Message, StringComparison.Ordinal);
    }

    private LoadedModel Load(string labels)
    {
        string zeros = string.Join(',', Enumerable.Repeat("0", Features)), ones = string.Join(',', Enumerable.Repeat("1", Features));
        return _folder.Load(Features, [Deletion, Imbalance],
            $$$"""{"name":"test","labels":{{{labels}}},"frontEnd":{"type":"order-book","tick":100,"lot":100,"decays":[1],"limit":9,"mean":[{{{zeros}}}],"scale":[{{{ones}}}]},"decoder":{"type":"labels"},"evaluation":{"type":"next-move","format":"lobster"}}""");
    }
}
