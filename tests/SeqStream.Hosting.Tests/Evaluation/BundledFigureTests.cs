using System.Globalization;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;
using SeqStream.TestSupport;
using SeqStream.Weights;

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
        using LoadedModel model = ModelLoader.Load(Catalog.Resolve(name), new ModelLoadOptions { Weights = WeightForm.Float32 });

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

    public static TheoryData<string> ModelsWithSmallWeights => [.. Catalog.Names().Where(static name => Catalog.Resolve(name).Card.Weights is { Recommended: not WeightForm.Float32 })];

    /// <summary>What a model runs on where nobody asks for a form loses less than half a percent of its figure, and the card says what is measured.</summary>
    [Theory]
    [MemberData(nameof(ModelsWithSmallWeights))]
    public async Task Recommended_weights_keep_the_figure(string name)
    {
        const double MostLoss = 0.005;
        ModelCard card = Catalog.Resolve(name).Card;
        ModelWeights weights = card.Weights!;
        string data = SharedFolder.Require(weights.Command.Split(' ')[4][Shared.Length..]);
        using LoadedModel model = ModelLoader.Load(Catalog.Resolve(name));
        EvaluationReport report = await new ModelEvaluator(model).RunAsync(data, TestContext.Current.CancellationToken);
        double measured = report.Figures.Single(figure => figure.Metric == weights.Metric).Value;
        double wide = weights.Forms.Single(static form => form.Form == WeightForm.Float32).Figure, recommended = weights.Forms.Single(form => form.Form == weights.Recommended).Figure;

        Assert.Equal([weights.Recommended], model.Lowering.Plan!.SmallForms);
        Assert.True(Math.Abs(measured - recommended) <= Rounding + BetweenInstructionSets * Math.Max(1, Math.Abs(recommended)), string.Create(CultureInfo.InvariantCulture, $"{weights.Metric}: measured {measured}, the card says {recommended}"));
        double loss = (weights.Metric.Contains("nats", StringComparison.Ordinal) || weights.Metric.Contains("bits", StringComparison.Ordinal) || weights.Metric.Contains("error", StringComparison.Ordinal) ? measured - wide : wide - measured) / Math.Abs(wide);
        Assert.InRange(loss, double.NegativeInfinity, MostLoss);
    }

    [Fact]
    public void Every_model_has_a_figure_that_eval_measures()
        => Assert.All(Catalog.Names(), static name => Assert.Contains(Catalog.Resolve(name).Card.Figures, figure => figure.Command.StartsWith($"seqstream eval {name} ", StringComparison.Ordinal)));
}
