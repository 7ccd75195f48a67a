using System.Collections.Immutable;
using System.Text.Json;
using SeqStream.FrontEnds.Strokes;

namespace SeqStream.Hosting.Generation;

/// <summary>
/// The first strokes of a drawing, read from JSON: a list of strokes <c>[[x, x, ...], [y, y, ...]]</c> as Quick, Draw! has them, or a list of points <c>[x, y, pen]</c> with pen 1 where a
/// stroke ends; either by itself or as the member <c>drawing</c> or <c>strokes</c> of an object. In points the last stroke may be unfinished; in strokes none is.
/// </summary>
/// <param name="Strokes">The strokes, simplified.</param>
/// <param name="IsLastOpen">True if the pen is still down.</param>
public sealed record SketchPrompt(ImmutableArray<ImmutableArray<(double X, double Y)>> Strokes, bool IsLastOpen)
{
    private const int MostPoints = 100_000;

    /// <summary>No strokes.</summary>
    public static SketchPrompt None { get; } = new([], false);

    /// <summary>Reads strokes.</summary>
    /// <param name="json">The text.</param>
    /// <param name="options">The canvas, on which they must lie within one canvas of its edges, and the tolerance.</param>
    /// <exception cref="FormatException">The text is something else; the message says where.</exception>
    public static SketchPrompt Parse(string json, StrokeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && (root.TryGetProperty("drawing", out JsonElement inner) || root.TryGetProperty("strokes", out inner))) root = inner;
            if (root.ValueKind != JsonValueKind.Array) throw new FormatException("found no list of strokes or points.");
            bool isPoints = root.GetArrayLength() > 0 && root[0].ValueKind == JsonValueKind.Array && root[0].GetArrayLength() > 0 && root[0][0].ValueKind == JsonValueKind.Number;
            SketchPrompt read = isPoints ? OfPoints(root, options) : OfStrokes(root, options);
            return read with { Strokes = [.. read.Strokes.Where(static stroke => stroke.Length > 0).Select(stroke => StrokeSimplifier.Simplify(stroke.AsSpan(), options.Tolerance))] };
        }
        catch (JsonException problem)
        {
            throw new FormatException($"found no JSON: {problem.Message}", problem);
        }
    }

    private static SketchPrompt OfPoints(JsonElement root, StrokeOptions options)
    {
        List<ImmutableArray<(double, double)>> strokes = [];
        List<(double, double)> stroke = [];
        int number = 0;
        foreach (JsonElement point in root.EnumerateArray())
        {
            string place = FormattableString.Invariant($"point {++number}");
            if (number > MostPoints) throw new FormatException(FormattableString.Invariant($"found more than {MostPoints} points."));
            if (point.ValueKind != JsonValueKind.Array || point.GetArrayLength() is not (2 or 3)) throw new FormatException($"{place}: expected [x, y, pen].");
            stroke.Add((Coordinate(point[0], place, options), Coordinate(point[1], place, options)));
            if (point.GetArrayLength() == 2 || !Lifts(point[2], place)) continue;
            strokes.Add([.. stroke]);
            stroke.Clear();
        }
        if (stroke.Count > 0) strokes.Add([.. stroke]);
        return new SketchPrompt([.. strokes], stroke.Count > 0);
    }

    private static SketchPrompt OfStrokes(JsonElement root, StrokeOptions options)
    {
        ImmutableArray<ImmutableArray<(double, double)>>.Builder strokes = ImmutableArray.CreateBuilder<ImmutableArray<(double, double)>>();
        int points = 0;
        foreach (JsonElement stroke in root.EnumerateArray())
        {
            string place = FormattableString.Invariant($"stroke {strokes.Count + 1}");
            bool isPair = stroke.ValueKind == JsonValueKind.Array && stroke.GetArrayLength() >= 2 && stroke[0].ValueKind == JsonValueKind.Array && stroke[1].ValueKind == JsonValueKind.Array;
            if (!isPair || stroke[0].GetArrayLength() != stroke[1].GetArrayLength()) throw new FormatException($"{place}: expected [[x, ...], [y, ...]] with as many x as y.");
            if ((points += stroke[0].GetArrayLength()) > MostPoints) throw new FormatException(FormattableString.Invariant($"found more than {MostPoints} points."));
            strokes.Add([.. stroke[0].EnumerateArray().Zip(stroke[1].EnumerateArray()).Select(pair => (Coordinate(pair.First, place, options), Coordinate(pair.Second, place, options)))]);
        }
        return new SketchPrompt(strokes.ToImmutable(), false);
    }

    private static double Coordinate(JsonElement element, string place, StrokeOptions options)
    {
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetDouble(out double value) || !double.IsFinite(value)) throw new FormatException($"{place}: found {element.GetRawText()}, expected a finite number.");
        return value >= -options.Canvas && value <= 2 * options.Canvas
            ? value
            : throw new FormatException(FormattableString.Invariant($"{place}: found the coordinate {value}, expected 0 to {options.Canvas}. Scale the drawing so that its longer side is about {options.Canvas} when complete."));
    }

    private static bool Lifts(JsonElement pen, string place)
        => pen.ValueKind == JsonValueKind.Number && pen.TryGetDouble(out double value) && value is (0 or 1) ? pen.GetDouble() == 1 : throw new FormatException($"{place}: found {pen.GetRawText()} for the pen, expected 1 if it lifts after the point, else 0.");
}
