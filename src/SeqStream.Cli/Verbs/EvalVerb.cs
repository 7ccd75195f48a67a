using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SeqStream.Cli.Output;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;

namespace SeqStream.Cli.Verbs;

/// <summary><c>eval MODEL --data FILE</c>: the model's measured figure on labelled data.</summary>
internal static class EvalVerb
{
    private static readonly ModelOptions s_model = new();
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
        using LoadedModel model = s_model.Load(parsed);
        new Notices(s_output.Quiet(parsed)).ExplainExecutor(model, s_model.LoadOptions(parsed));
        EvaluationReport report = await new ModelEvaluator(model, s_model.Threads(parsed)).RunAsync(parsed.GetRequiredValue(s_data), cancellation).ConfigureAwait(false);
        if (s_output.Json(parsed)) JsonOutput.Write(json => WriteJson(json, report));
        else WriteText(report);
        return ExitCode.Ok;
    }

    private static void WriteText(EvaluationReport report)
    {
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Model} on {report.Data}: {report.Sequences} sequences, {report.Steps} labelled steps"));
        foreach (EvaluationFigure figure in report.Figures) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure.Metric}: {figure.Value:0.0000}"));
    }

    private static void WriteJson(Utf8JsonWriter json, EvaluationReport report)
    {
        json.WriteStartObject();
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
