using System.Text;

namespace SeqStream.Hosting.Evaluation;

/// <summary>Rows of fields as spreadsheets write them (RFC 4180): a field in quotation marks may hold separators, line ends and doubled quotation marks.</summary>
internal static class QuotedTable
{
    /// <summary>The rows of a text; empty lines are left out.</summary>
    /// <param name="text">The whole table.</param>
    /// <param name="separator">What stands between fields.</param>
    public static IEnumerable<string[]> Rows(TextReader text, char separator)
    {
        List<string> row = [];
        StringBuilder field = new();
        bool isQuoted = false, hasMore = true;
        while (hasMore)
        {
            int next = text.Read();
            hasMore = next >= 0;
            if (isQuoted && hasMore)
            {
                if (next != '"') field.Append((char)next);
                else if (text.Peek() == '"') field.Append((char)text.Read());
                else isQuoted = false;
            }
            else if (next == '"' && field.Length == 0) isQuoted = true;
            else if (next == separator || next < 0 || next == '\n')
            {
                row.Add(field.ToString());
                field.Clear();
                if (next == separator) continue;
                if (row.Count > 1 || row[0].Length > 0) yield return [.. row];
                row.Clear();
            }
            else if (next != '\r' || text.Peek() != '\n') field.Append((char)next);
        }
    }
}
