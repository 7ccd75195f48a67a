using System.Buffers.Text;
using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Feeds.Reading;

namespace SeqStream.Feeds;

/// <summary>
/// CSV: a row is a timestep. A first row without any number names the columns; then <c>t</c> (seconds), <c>seq</c> (the producer's counter) and the
/// stream's column are recognised by name, and the others are the model's numbers, input after input, in the order they stand.
/// Fields are divided by commas, or by semicolons or tabs if the first row has those and no comma. Blank lines and lines that begin with <c>#</c> are skipped.
/// </summary>
public sealed class CsvFeed : LineFeed
{
    private readonly string? _streamField;
    private readonly List<string> _names = [];
    private readonly List<CsvColumn> _columns = [];
    private byte[] _scratch = new byte[256];
    private byte[] _name = new byte[64];
    private byte _delimiter;
    private StreamId? _unnamed;

    /// <summary>Creates the feed.</summary>
    /// <param name="source">The source as people name it.</param>
    /// <param name="input">The bytes; stays open.</param>
    /// <param name="streamField">The column that names the stream; null if all rows belong to one stream.</param>
    public CsvFeed(string source, Stream input, string? streamField = null) : base(source, input) => _streamField = streamField;

    private protected override string? Parse(ReadOnlySpan<byte> line, RecordFrames frames)
    {
        if (line.IsEmpty || line[0] == '#' || line.TrimStart(" \t"u8).IsEmpty) return null;
        if (_scratch.Length < line.Length) _scratch = new byte[line.Length * 2];
        if (_delimiter == 0)
        {
            _delimiter = DelimiterOf(line);
            if (TryTakeHeader(line)) return CheckHeader();
        }
        return ParseRow(line, frames);
    }

    private static byte DelimiterOf(ReadOnlySpan<byte> line)
    {
        foreach (byte candidate in ",;\t"u8)
        {
            if (line.Contains(candidate)) return candidate;
        }
        return (byte)',';
    }

    private bool TryTakeHeader(ReadOnlySpan<byte> line)
    {
        CsvRow row = new(line, _delimiter, _scratch);
        while (row.TryNext())
        {
            if (Utf8Parser.TryParse(row.Field, out double _, out int used) && used == row.Field.Length)
            {
                _names.Clear();
                return false;
            }
            _names.Add(Encoding.UTF8.GetString(row.Field));
        }
        foreach (string name in _names)
            _columns.Add(name == _streamField ? CsvColumn.Stream : name == "t" ? CsvColumn.Time : name == "seq" ? CsvColumn.Seq : CsvColumn.Value);
        return true;
    }

    private string? CheckHeader() => _streamField is null || _columns.Contains(CsvColumn.Stream)
        ? null
        : $"the columns are {string.Join(", ", _names)}; none is '{_streamField}', which was to name the stream. Give --stream-field one of them.";

    private string? ParseRow(ReadOnlySpan<byte> line, RecordFrames frames)
    {
        if (_streamField is not null && !_columns.Contains(CsvColumn.Stream)) return $"no column is named '{_streamField}', which was to name the stream. Begin with a row of column names.";
        CsvRecord record = new();
        CsvRow row = new(line, _delimiter, _scratch);
        int index = 0;
        for (; row.TryNext(); index++)
        {
            CsvColumn column = index < _columns.Count ? _columns[index] : CsvColumn.Value;
            string? problem = TakeField(column, row.Field, ref record, frames);
            if (problem is not null) return string.Create(CultureInfo.InvariantCulture, $"column {index + 1}{NameOf(index)}: {problem}.");
        }
        if (row.IsBroken) return string.Create(CultureInfo.InvariantCulture, $"column {index + 1}: found a quoted field without a proper end, expected a closing quote before the next delimiter.");
        if (_columns.Count > 0 && index != _columns.Count) return string.Create(CultureInfo.InvariantCulture, $"the row has {index} columns, expected {_columns.Count} as in the first row.");
        return Complete(ref record, frames);
    }

    [HotPath]
    private string? TakeField(CsvColumn column, ReadOnlySpan<byte> field, ref CsvRecord record, RecordFrames frames)
    {
        switch (column)
        {
            case CsvColumn.Value: return TakeNumber(field, ref record, frames);
            case CsvColumn.Stream:
                if (field.Length > StreamDirectory.MaxNameBytes) return $"the stream's name has {field.Length} bytes, at most {StreamDirectory.MaxNameBytes} are allowed";
                if (_name.Length < field.Length) _name = new byte[StreamDirectory.MaxNameBytes];
                field.CopyTo(_name);
                record.NameLength = field.Length;
                return null;
            case CsvColumn.Time:
                bool isTime = Utf8Parser.TryParse(field, out record.Time, out int used) && used == field.Length && double.IsFinite(record.Time);
                return isTime ? null : $"found {PortNumbers.Show(field)}, expected a number of seconds";
            default:
                bool isSeq = Utf8Parser.TryParse(field, out record.Seq, out used) && used == field.Length && record.Seq >= 0;
                return isSeq ? null : $"found {PortNumbers.Show(field)}, expected a whole number from 0 that grows with every record of the stream";
        }
    }

    /// <summary>With several inputs the numbers fill one after the other; with one, it takes them all and its front end judges their count.</summary>
    private static string? TakeNumber(ReadOnlySpan<byte> field, ref CsvRecord record, RecordFrames frames)
    {
        StepSignature signature = frames.Signature;
        bool isFull = record.Port < 0 || (record.PortCount == signature.Inputs[record.Port].ElementCount && record.Port + 1 < signature.Inputs.Length);
        if (isFull)
        {
            if (signature.Inputs.Length == 0) return $"model '{signature.ModelName}' takes no numbers";
            record.Port++;
            record.PortCount = 0;
            frames.Payload.BeginSegment(record.Port, signature.Inputs[record.Port].IsInteger());
        }
        record.PortCount++;
        return PortNumbers.Add(frames.Payload, signature.Inputs[record.Port], field);
    }

    private string? Complete(ref CsvRecord record, RecordFrames frames)
    {
        int inputs = frames.Signature.Inputs.Length;
        if (inputs > 1 && record.Port + 1 != inputs)
            return string.Create(CultureInfo.InvariantCulture, $"the row fills {record.Port + 1} of the {inputs} inputs of model '{frames.Signature.ModelName}': expected {frames.Signature.Inputs.Sum(static port => port.ElementCount)} numbers.");
        StreamId stream = _streamField is null ? _unnamed ??= frames.Stream([]) : frames.Stream(_name.AsSpan(0, record.NameLength));
        frames.AddPayload(stream, record.Time, record.Seq);
        return null;
    }

    private string NameOf(int index) => index < _names.Count ? $" ({_names[index]})" : "";
}
