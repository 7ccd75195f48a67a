using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using SeqStream.Decoding.Strokes;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Generation;

namespace SeqStream.Cli.Running;

/// <summary>Drawings that a model completes, printed as <c>svg</c> (one picture of all) or <c>jsonl</c> (a drawing per line, its strokes as lists of x and of y).</summary>
internal sealed class GeneratedSketches(LoadedModel model, GenerationOptions options)
{
    /// <summary>Writes them.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="format">The format.</param>
    /// <param name="count">How many.</param>
    public void Write(Stream output, string format, int count)
    {
        if (format is not ("svg" or "jsonl")) throw new UsageException($"--out {format} is not known here. Known: svg, jsonl.");
        using SketchGenerator generator = new(model, options, PromptOf(options.Prompt));
        using StreamWriter writer = new(output, leaveOpen: true) { NewLine = "\n" };
        List<ImmutableArray<DrawnStroke>> drawings = [];
        for (int i = 0; i < count; i++)
        {
            ImmutableArray<DrawnStroke> drawing = generator.Next(i);
            if (format == "svg") drawings.Add(drawing);
            else writer.WriteLine(JsonOf(i, drawing));
        }
        if (format == "svg") writer.Write(SvgDrawing.Of([.. drawings]));
    }

    private SketchPrompt PromptOf(string prompt)
    {
        if (prompt.Length == 0) return SketchPrompt.None;
        string json = prompt.TrimStart() is ['[' or '{', ..] ? prompt : File.ReadAllText(prompt);
        try
        {
            return SketchPrompt.Parse(json, SketchGenerator.StrokesOf(model));
        }
        catch (FormatException problem)
        {
            throw new InvalidDataException($"--prompt {(json == prompt ? "" : $"'{prompt}': ")}{problem.Message} A drawing is a list of strokes [[x, ...], [y, ...]] or of points [x, y, pen].", problem);
        }
    }

    private static string JsonOf(int index, ImmutableArray<DrawnStroke> drawing)
    {
        StringBuilder json = new();
        json.Append(CultureInfo.InvariantCulture, $"{{\"index\":{index},\"strokes\":[");
        for (int i = 0; i < drawing.Length; i++)
        {
            json.Append(i > 0 ? ",[[" : "[[").AppendJoin(',', drawing[i].Points.Select(static point => point.X.ToString("0.##", CultureInfo.InvariantCulture)));
            json.Append("],[").AppendJoin(',', drawing[i].Points.Select(static point => point.Y.ToString("0.##", CultureInfo.InvariantCulture))).Append("]]");
        }
        return json.Append("]}").ToString();
    }
}
