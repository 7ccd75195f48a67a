using System.Globalization;

namespace SeqStream.Hosting.Evaluation;

/// <summary>
/// Reads LOBSTER's pairs of files: messages (time, type, order, size, price, side) and, in a file whose name has <c>_orderbook_</c> instead of <c>_message_</c>,
/// the best prices after each (ask, ask size, bid, bid size). Fields are divided by commas or semicolons.
/// </summary>
internal static class OrderBookFiles
{
    private const string MessageMark = "_message_", BookMark = "_orderbook_";
    private const int MessageColumns = 6, BookColumns = 4;

    /// <summary>The day's events as one sequence: rows of type, order, size, price, side, ask, ask size, bid, bid size, with their times, without labels.</summary>
    /// <param name="path">The file of messages.</param>
    public static LabelledSequence Read(string path)
    {
        int mark = path.LastIndexOf(MessageMark, StringComparison.Ordinal);
        if (mark < 0) throw new InvalidDataException($"{path}: found no '{MessageMark}' in the name, expected LOBSTER's file of messages; the file with '{BookMark}' in that place is read beside it.");
        string books = $"{path[..mark]}{BookMark}{path[(mark + MessageMark.Length)..]}";
        if (!File.Exists(books)) throw new InvalidDataException($"{path}: the order book '{books}' is absent. Put both of LOBSTER's files into one folder.");
        double[][] messages = [.. Table(path, MessageColumns)], best = [.. Table(books, BookColumns)];
        if (messages.Length != best.Length) throw new InvalidDataException($"{path}: found {messages.Length} messages, and {best.Length} rows of the order book in '{books}'. Expected one row for each message.");
        float[][] rows = [.. messages.Zip(best, static (message, book) => message.Skip(1).Concat(book).Select(static number => (float)number).ToArray())];
        return new LabelledSequence([], rows, []) { Times = [.. messages.Select(static message => message[0])] };
    }

    private static IEnumerable<double[]> Table(string path, int columns)
    {
        long line = 0;
        foreach (string text in LabelledFiles.Lines(path))
        {
            line++;
            string[] fields = text.Split(text.Contains(';', StringComparison.Ordinal) ? ';' : ',');
            double[] numbers = [.. fields.Select(field => double.TryParse(field, CultureInfo.InvariantCulture, out double number) ? number : throw Bad(path, line, $"found '{field}', expected a number."))];
            yield return numbers.Length == columns ? numbers : throw Bad(path, line, string.Create(CultureInfo.InvariantCulture, $"found {numbers.Length} columns, expected {columns}."));
        }
    }

    private static InvalidDataException Bad(string path, long line, string problem) => new(string.Create(CultureInfo.InvariantCulture, $"{path}, line {line}: {problem}"));
}
