using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;

namespace SeqStream.Hosting.Evaluation;

/// <summary>
/// Reads texts with a label each, in one of these forms, told apart by their first line: <c>class words ...</c>, the class counted from 0 and the words split by blanks;
/// a table with the columns <c>rating</c> (from 1) and <c>verified_reviews</c>; with <c>class</c> (from 0) and <c>tweet</c>; or with <c>is_toxic</c> and <c>text</c>, whose labels are its own.
/// </summary>
internal static class LabelledTexts
{
    /// <summary>The texts of a file, unpacked while it is read if it ends in <c>.gz</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="labels">The model's labels, which the classes count.</param>
    public static IReadOnlyList<LabelledSequence> Read(string path, ImmutableArray<string> labels)
    {
        using FileStream file = File.OpenRead(path);
        using Stream bytes = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using StreamReader reader = new(bytes);
        string first = reader.ReadLine() ?? "";
        char separator = first.Contains('\t', StringComparison.Ordinal) ? '\t' : ',';
        string[] columns = first.Split(separator);
        Table? table = Find(columns, "rating", "verified_reviews", 1) ?? Find(columns, "class", "tweet", 0) ?? Find(columns, "is_toxic", "text", -1);
        return table is { } found ? [.. Rows(reader, separator, found, path, labels)] : [.. Lines(first, reader, path, labels)];
    }

    private readonly record struct Table(int Label, int Text, int First);

    private static Table? Find(string[] columns, string label, string text, int first)
        => columns.Contains(label) && columns.Contains(text) ? new Table(Array.IndexOf(columns, label), Array.IndexOf(columns, text), first) : null;

    private static IEnumerable<LabelledSequence> Rows(StreamReader reader, char separator, Table table, string path, ImmutableArray<string> labels)
    {
        long number = 0;
        foreach (string[] row in QuotedTable.Rows(reader, separator))
        {
            number++;
            if (row.Length <= Math.Max(table.Label, table.Text)) throw Bad(path, $"record {number}", $"found {row.Length} fields, expected at least {Math.Max(table.Label, table.Text) + 1}.");
            string label = table.First < 0 ? row[table.Label] : LabelOf(row[table.Label], table.First, labels, path, $"record {number}");
            yield return new LabelledSequence([], [], [label]) { Text = row[table.Text] };
        }
    }

    private static IEnumerable<LabelledSequence> Lines(string first, StreamReader reader, string path, ImmutableArray<string> labels)
    {
        long number = 0;
        for (string? line = first; line is not null; line = reader.ReadLine())
        {
            number++;
            if (line.Length == 0) continue;
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2) throw Bad(path, $"line {number}", $"found '{line}', expected a class and the words of a text.");
            yield return new LabelledSequence(words[1..], [], [LabelOf(words[0], 0, labels, path, $"line {number}")]);
        }
    }

    private static string LabelOf(string written, int first, ImmutableArray<string> labels, string path, string place)
        => int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= first && number - first < labels.Length
            ? labels[number - first]
            : throw Bad(path, place, $"found the class '{written}', expected a number from {first} to {first + labels.Length - 1}.");

    private static InvalidDataException Bad(string path, string place, string problem) => new(string.Create(CultureInfo.InvariantCulture, $"{path}, {place}: {problem}"));
}
