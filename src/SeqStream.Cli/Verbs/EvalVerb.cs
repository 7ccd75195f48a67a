using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SeqStream.Cli.Output;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;
using SeqStream.Weights;

namespace SeqStream.Cli.Verbs;

/// <summary><c>eval MODEL --data FILE</c>: the model's measured figure on labelled data.</summary>
internal static class EvalVerb
{
    private static readonly ModelOptions s_model = new(comparesWeights: true);
    private static readonly OutputOptions s_output = new();
    private static readonly Option<string> s_data = new("--data") { Description = "The labelled file, in the form that the model's card names.", Required = true, HelpName = "FILE" };

    public static Command Create()
    {
        Command verb = new("eval", "Measure a model on labelled data.");
        s_model.AddTo(verb);
        verb.Options.Add(s_data);
        s_output.AddTo(verb);
        verb.SetAction(static (parsed, cancellation) => RunAsync(parsed, cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (!s_model.Weights(parsed).IsEmpty) return await CompareAsync(parsed, cancellation).ConfigureAwait(false);
        using LoadedModel model = ModelLoader.Load(s_model.Resolve(parsed), s_model.LoadOptions(parsed) with { Weights = WeightForm.Float32 }); // what the card's figures are of
        new Notices(s_output.Quiet(parsed)).ExplainExecutor(model, s_model.LoadOptions(parsed));
        EvaluationReport report = await new ModelEvaluator(model, s_model.Threads(parsed)).RunAsync(parsed.GetRequiredValue(s_data), cancellation).ConfigureAwait(false);
        if (s_output.Json(parsed)) JsonOutput.Write(json => WriteJson(json, report));
        else WriteText(report);
        return ExitCode.Ok;
    }

    /// <summary>The figures with float32 weights and, beside them, with the weights in each of the forms asked for.</summary>
    private static async Task<int> CompareAsync(ParseResult parsed, CancellationToken cancellation)
    {
        List<(string Form, long WeightBytes, EvaluationReport Report)> reports = [];
        foreach (WeightForm form in s_model.Weights(parsed).Remove(WeightForm.Float32).Prepend(WeightForm.Float32))
        {
            using LoadedModel model = ModelLoader.Load(s_model.Resolve(parsed), s_model.LoadOptions(parsed) with { Weights = form });
            EvaluationReport report = await new ModelEvaluator(model, s_model.Threads(parsed)).RunAsync(parsed.GetRequiredValue(s_data), cancellation).ConfigureAwait(false);
            reports.Add((form.ShortName(), model.Lowering.Plan!.WeightBytes, report));
        }
        if (s_output.Json(parsed))
        {
            JsonOutput.Write(json =>
            {
                json.WriteStartArray();
                foreach ((string form, long bytes, EvaluationReport report) in reports) WriteJson(json, report, form, bytes);
                json.WriteEndArray();
            });
            return ExitCode.Ok;
        }
        EvaluationReport wide = reports[0].Report;
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{wide.Model} on {wide.Data}: {wide.Sequences} sequences, {wide.Steps} labelled steps"));
        TextTable table = new(["weights", "bytes", .. wide.Figures.SelectMany(static figure => (string[])[figure.Metric, "change"])]);
        foreach ((string form, long bytes, EvaluationReport report) in reports)
        {
            table.Add([form, bytes.ToString(CultureInfo.InvariantCulture), .. report.Figures.SelectMany((figure, at) => (string[])[Text($"{figure.Value:0.0000}"), Text($"{(figure.Value / wide.Figures[at].Value) - 1:+0.00%;-0.00%;0.00%}")])]);
        }
        table.Write();
        return ExitCode.Ok;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void WriteText(EvaluationReport report)
    {
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Model} on {report.Data}: {report.Sequences} sequences, {report.Steps} labelled steps"));
        foreach (EvaluationFigure figure in report.Figures) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure.Metric}: {figure.Value:0.0000}"));
    }

    private static void WriteJson(Utf8JsonWriter json, EvaluationReport report, string form = "", long weightBytes = 0)
    {
        json.WriteStartObject();
        if (form.Length > 0)
        {
            json.WriteString("weights", form);
            json.WriteNumber("weightBytes", weightBytes);
        }
        json.WriteString("model", report.Model);
        json.WriteString("data", report.Data);
        json.WriteNumber("sequences", report.Sequences);
        json.WriteNumber("steps", report.Steps);
        json.WriteStartObject("figures");
        foreach (EvaluationFigure figure in report.Figures) json.WriteNumberOrNull(figure.Metric, figure.Value);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
