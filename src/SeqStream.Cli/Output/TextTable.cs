#if !NATIVE_LEG
using Spectre.Console;
#endif

namespace SeqStream.Cli.Output;

/// <summary>A table for people: ruled on a terminal, columns divided by blanks elsewhere.</summary>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes the table to stdout.</summary>
    public void Write()
    {
#if !NATIVE_LEG
        if (Terminal.HasRichOutput)
        {
            WriteRuled();
            return;
        }
#endif
        WritePlain();
    }

    private void WritePlain()
    {
        int[] widths = [.. headings.Select((heading, column) => _rows.Select(row => row[column].Length).Append(heading.Length).Max())];
        foreach (string[] row in _rows.Prepend(headings))
        {
            string line = string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column])));
            Console.Out.WriteLine(line.TrimEnd());
        }
    }

#if !NATIVE_LEG
    private void WriteRuled()
    {
        Table table = new() { Border = TableBorder.Rounded };
        foreach (string heading in headings) table.AddColumn(new TableColumn(Markup.Escape(heading)));
        foreach (string[] row in _rows) table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }
#endif
}
