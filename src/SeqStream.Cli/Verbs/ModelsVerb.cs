using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SeqStream.Cli.Output;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Cli.Verbs;

/// <summary><c>models</c>: what is bundled.</summary>
internal static class ModelsVerb
{
    private static readonly OutputOptions s_output = new();

    public static Command Create()
    {
        Command verb = new("models", "List the models that can be called by name.");
        s_output.AddTo(verb);
        verb.SetAction(static parsed => Run(parsed));
        return verb;
    }

    private static int Run(ParseResult parsed)
    {
        ModelCatalog catalog = ModelCatalog.Find();
        List<ModelReference> models = [.. catalog.Names().Select(catalog.Resolve)];
        if (s_output.Json(parsed)) JsonOutput.Write(json => WriteJson(json, models));
        else WriteTable(models);
        if (models.Count == 0) new Notices(s_output.Quiet(parsed)).Write($"no models were found. Name their folder in the environment variable {ModelCatalog.FolderVariable}.");
        return ExitCode.Ok;
    }

    private static void WriteTable(List<ModelReference> models)
    {
        TextTable table = new("name", "task", "shape", "bytes", "figure", "measured by");
        foreach (ModelReference model in models)
        {
            ModelFigure? figure = model.Card.Figures.FirstOrDefault();
            table.Add(
                model.Card.Name, model.Card.Task, model.Card.Shape, Number(new FileInfo(model.ModelPath).Length),
                figure is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{figure.Metric} {figure.Value:0.###}"), figure?.Command ?? "");
        }
        table.Write();
    }

    private static void WriteJson(Utf8JsonWriter json, List<ModelReference> models)
    {
        json.WriteStartArray();
        foreach (ModelReference model in models)
        {
            json.WriteStartObject();
            json.WriteString("name", model.Card.Name);
            json.WriteString("title", model.Card.Title);
            json.WriteString("task", model.Card.Task);
            json.WriteString("shape", model.Card.Shape);
            json.WriteNumber("parameters", model.Card.Parameters);
            json.WriteNumber("bytes", new FileInfo(model.ModelPath).Length);
            json.WriteString("licence", model.Card.Licence);
            json.WriteString("path", model.ModelPath);
            json.WriteStartArray("figures");
            foreach (ModelFigure figure in model.Card.Figures) WriteFigure(json, figure);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteFigure(Utf8JsonWriter json, ModelFigure figure)
    {
        json.WriteStartObject();
        json.WriteString("metric", figure.Metric);
        json.WriteNumberOrNull("value", figure.Value);
        json.WriteString("data", figure.Data);
        json.WriteString("command", figure.Command);
        json.WriteEndObject();
    }

    private static string Number(long value) => value == 0 ? "" : value.ToString("N0", CultureInfo.InvariantCulture);
}
