using System.Globalization;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Evaluation;

/// <summary>The figures on the cards of the bundled models are those that <c>seqstream eval</c> measures.</summary>
public sealed class BundledFigureTests
{
    private const string Shared = "../shared/";
    private const double Rounding = 0.0005;
    private const double BetweenInstructionSets = 0.001;

    public static TheoryData<string, string> Measurements
    {
        get
        {
            TheoryData<string, string> measurements = [];
            foreach (string name in Catalog.Names())
            {
                foreach (string command in Catalog.Resolve(name).Card.Figures.Select(static figure => figure.Command).Where(static command => command.StartsWith("seqstream eval ", StringComparison.Ordinal)).Distinct())
                    measurements.Add(name, command);
            }
            return measurements;
        }
    }

    private static ModelCatalog Catalog { get; } = ModelCatalog.Find(Path.Combine(SharedFolder.Repository, "models"));

    [Theory]
    [MemberData(nameof(Measurements))]
    public async Task Figures_of_the_card_are_measured(string name, string command)
    {
        string data = command.Split(' ') is ["seqstream", "eval", _, "--data", string path] && path.StartsWith(Shared, StringComparison.Ordinal)
            ? SharedFolder.Require(path[Shared.Length..])
            : throw new InvalidDataException($"card of '{name}': found the command '{command}', expected 'seqstream eval {name} --data {Shared}data/...'.");
        using LoadedModel model = ModelLoader.Load(Catalog.Resolve(name));

        EvaluationReport report = await new ModelEvaluator(model).RunAsync(data, TestContext.Current.CancellationToken);

        foreach (ModelFigure figure in model.Card.Figures.Where(figure => figure.Command == command))
        {
            EvaluationFigure? measured = report.Figures.Where(found => figure.Metric.StartsWith(found.Metric, StringComparison.Ordinal)).MaxBy(static found => found.Metric.Length);
            Assert.True(measured is not null, $"'{figure.Metric}' is not among {string.Join(", ", report.Figures.Select(static found => $"'{found.Metric}'"))}");
            Assert.True(
                Math.Abs(measured.Value - figure.Value) <= Rounding + BetweenInstructionSets * Math.Max(1, Math.Abs(figure.Value)),
                string.Create(CultureInfo.InvariantCulture, $"{figure.Metric}: measured {measured.Value}, the card says {figure.Value}"));
        }
    }

    [Fact]
    public void Every_model_has_a_figure_that_eval_measures()
        => Assert.All(Catalog.Names(), static name => Assert.Contains(Catalog.Resolve(name).Card.Figures, figure => figure.Command.StartsWith($"seqstream eval {name} ", StringComparison.Ordinal)));
}
