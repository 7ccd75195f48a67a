using System.Globalization;
using System.IO.Compression;

namespace SeqStream.Hosting.Evaluation;

/// <summary>Reads labelled data: CoNLL columns and zipped CSV sequences in folders named by their label. A file that ends in <c>.gz</c> is unpacked while it is read.</summary>
internal static class LabelledFiles
{
    /// <summary>The lines of a text file.</summary>
    public static IEnumerable<string> Lines(string path)
    {
        using FileStream file = File.OpenRead(path);
        using Stream bytes = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using StreamReader reader = new(bytes);
        while (reader.ReadLine() is string line) yield return line;
    }

    /// <summary>Sentences of <c>token TAB tag</c> lines with blank lines between them. A language before the token, as in <c>en:token</c>, is taken off.</summary>
    public static IEnumerable<LabelledSequence> Conll(string path)
    {
        List<string> tokens = [];
        List<string> tags = [];
        long number = 0;
        foreach (string line in Lines(path).Append(""))
        {
            number++;
            if (line.Length == 0)
            {
                if (tokens.Count > 0) yield return new LabelledSequence([.. tokens], [], [.. tags]);
                tokens.Clear();
                tags.Clear();
                continue;
            }
            int tab = line.LastIndexOf('\t');
            if (tab <= 0) throw Bad(path, number, $"found '{line}', expected 'token<TAB>tag' or a blank line.");
            tokens.Add(WithoutLanguage(line[..tab]));
            tags.Add(line[(tab + 1)..]);
        }
    }

    /// <summary>Sequences of CSV rows, one file of the archive each; its folder is the label of every row. Lines that begin with <c>#</c> are skipped, and the first column is the time.</summary>
    public static IEnumerable<LabelledSequence> ZippedCsv(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in archive.Entries.OrderBy(static entry => entry.FullName, StringComparer.Ordinal))
        {
            if (!entry.FullName.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) continue;
            string label = Path.GetFileName(Path.GetDirectoryName(entry.FullName)) ?? "";
            if (label.Length == 0) throw Bad($"{path}: {entry.FullName}", 1, "expected a file in a folder named by its label.");
            float[][] rows = [.. Rows(entry, $"{path}: {entry.FullName}")];
            yield return new LabelledSequence([], rows, [.. Enumerable.Repeat(label, rows.Length)]);
        }
    }

    private static IEnumerable<float[]> Rows(ZipArchiveEntry entry, string name)
    {
        using StreamReader reader = new(entry.Open());
        long number = 0;
        while (reader.ReadLine() is string line)
        {
            number++;
            if (line.Length == 0 || line[0] == '#') continue;
            yield return [.. line.Split(',').Skip(1).Select(field => float.TryParse(field, CultureInfo.InvariantCulture, out float value)
                ? value
                : throw Bad(name, number, $"found '{field}', expected a number."))];
        }
    }

    private static string WithoutLanguage(string token) => token.Length > 3 && token[2] == ':' && char.IsAsciiLetterLower(token[0]) && char.IsAsciiLetterLower(token[1]) ? token[3..] : token;

    private static InvalidDataException Bad(string path, long line, string problem) => new(string.Create(CultureInfo.InvariantCulture, $"{path}, line {line}: {problem}"));
}
