using System.Globalization;
using System.Text;

namespace SeqStream.Hosting.Evaluation;

/// <summary>Reads GenBank flat files: the letters of each record, and which of them a CDS feature covers, on either strand.</summary>
internal static class GenBankFile
{
    private const int KeyColumn = 5, LocationColumn = 21; // of the feature table

    /// <summary>The records that have letters. The labels are <paramref name="coding"/> and <paramref name="other"/>, one for each letter.</summary>
    /// <exception cref="InvalidDataException">A location lies outside its record.</exception>
    public static IEnumerable<LabelledSequence> Read(string path, string coding, string other)
    {
        StringBuilder letters = new(), location = new();
        bool isOrigin = false, isLocation = false;
        foreach (string line in LabelledFiles.Lines(path).Append("//"))
        {
            if (line.StartsWith("//", StringComparison.Ordinal))
            {
                if (letters.Length > 0) yield return Record(letters.ToString(), location.ToString(), coding, other, path);
                letters.Clear();
                location.Clear();
                isOrigin = isLocation = false;
            }
            else if (isOrigin) letters.Append([.. line.Where(char.IsAsciiLetter)]);
            else if (line.StartsWith("ORIGIN", StringComparison.Ordinal)) isOrigin = true;
            else if (line.Length > LocationColumn && line.StartsWith("     ", StringComparison.Ordinal))
            {
                string key = line[KeyColumn..LocationColumn].TrimEnd(), rest = line[LocationColumn..].Trim();
                isLocation = key.Length > 0 ? key == "CDS" : isLocation && rest.Length > 0 && rest[0] != '/';
                if (isLocation) location.Append(key.Length > 0 ? "," : "").Append(rest);
            }
            else isLocation = false;
        }
    }

    private static LabelledSequence Record(string letters, string locations, string coding, string other, string path)
    {
        string[] labels = new string[letters.Length];
        Array.Fill(labels, other);
        foreach ((int first, int last) in Spans(locations))
        {
            if (first < 1 || last > letters.Length || last < first) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}: found the location {first}..{last} in a record of {letters.Length} letters, expected one inside it."));
            Array.Fill(labels, coding, first - 1, last - first + 1);
        }
        return new LabelledSequence([], [], labels) { Text = letters };
    }

    /// <summary>First and last letter of each part, counted from 1; parts in other records are left out.</summary>
    private static IEnumerable<(int First, int Last)> Spans(string locations)
    {
        string plain = locations.Replace("complement", "", StringComparison.Ordinal).Replace("join", "", StringComparison.Ordinal).Replace("order", "", StringComparison.Ordinal);
        foreach (string part in new string([.. plain.Where(static c => !"()<> ".Contains(c, StringComparison.Ordinal))]).Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split("..");
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)) continue;
            if (int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)) yield return (first, last);
        }
    }
}
