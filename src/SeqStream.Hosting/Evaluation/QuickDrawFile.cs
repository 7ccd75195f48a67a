using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;

namespace SeqStream.Hosting.Evaluation;

/// <summary>Reads drawings of Quick, Draw!: a zip of files CATEGORY.ndjson, each line an object whose <c>drawing</c> is a list of strokes [x[], y[], ...].</summary>
internal static class QuickDrawFile
{
    /// <summary>The drawings of the wanted categories.</summary>
    /// <exception cref="InvalidDataException">A line is something else.</exception>
    public static IEnumerable<(string Category, ImmutableArray<ImmutableArray<(double X, double Y)>> Drawing)> Read(string path, IReadOnlyCollection<string> categories)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in archive.Entries.OrderBy(static entry => entry.FullName, StringComparer.Ordinal))
        {
            string category = Path.GetFileNameWithoutExtension(entry.Name);
            if (!entry.Name.EndsWith(".ndjson", StringComparison.Ordinal) || !categories.Contains(category)) continue;
            using StreamReader reader = new(entry.Open());
            for (int line = 1; reader.ReadLine() is string json; line++)
            {
                if (json.Length > 0) yield return (category, DrawingOf(json, FormattableString.Invariant($"{path}: {entry.FullName}, line {line}")));
            }
        }
    }

    private static ImmutableArray<ImmutableArray<(double, double)>> DrawingOf(string json, string place)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return [.. document.RootElement.GetProperty("drawing").EnumerateArray().Select(static stroke => stroke[0].EnumerateArray().Zip(stroke[1].EnumerateArray(), static (x, y) => (x.GetDouble(), y.GetDouble())).ToImmutableArray())];
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            throw new InvalidDataException($"{place}: expected an object with a list 'drawing' of strokes [[x, ...], [y, ...]]. {problem.Message}", problem);
        }
    }
}
