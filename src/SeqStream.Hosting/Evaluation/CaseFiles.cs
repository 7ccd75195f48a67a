using System.Globalization;

namespace SeqStream.Hosting.Evaluation;

/// <summary>
/// Reads the <c>.ts</c> form of time series archives: lines that begin with <c>#</c> or <c>@</c> are notes; each other line is a case, its channels divided by colons,
/// the steps of a channel by commas, and its label last.
/// </summary>
internal static class CaseFiles
{
    /// <summary>The cases in the order of the file.</summary>
    public static IEnumerable<LabelledSequence> Read(string path)
    {
        long number = 0;
        foreach (string line in LabelledFiles.Lines(path))
        {
            number++;
            if (line.Length == 0 || line[0] is '#' or '@') continue;
            string[] channels = line.Split(':');
            if (channels.Length < 2) throw Bad(path, number, $"found one part, expected channels and a label, divided by colons.");
            float[][] columns = [.. channels[..^1].Select(channel => channel.Split(',').Select(field => NumberOf(field, path, number)).ToArray())];
            if (columns.Any(column => column.Length != columns[0].Length)) throw Bad(path, number, $"found channels of {string.Join(", ", columns.Select(static column => column.Length))} steps, expected as many in each.");
            float[][] rows = [.. Enumerable.Range(0, columns[0].Length).Select(step => columns.Select(column => column[step]).ToArray())];
            yield return new LabelledSequence([], rows, [channels[^1].Trim()]);
        }
    }

    private static float NumberOf(string field, string path, long line)
        => float.TryParse(field, CultureInfo.InvariantCulture, out float number) ? number : throw Bad(path, line, $"found '{field}', expected a number.");

    private static InvalidDataException Bad(string path, long line, string problem) => new(string.Create(CultureInfo.InvariantCulture, $"{path}, line {line}: {problem}"));
}
