using SeqStream.Contracts;
using SeqStream.Feeds.Writing;

namespace SeqStream.Feeds;

/// <summary>
/// CSV with a first row of column names: <c>stream</c> if streams have names, <c>step</c>, <c>t</c> if the first emission has a time, then what is said:
/// <c>text</c>, <c>label</c>, <c>score</c> or one column for each output number. The end of a sequence writes nothing.
/// </summary>
public sealed class CsvSink : RecordSink
{
    private bool _hasHeader;
    private bool _hasStream;
    private bool _hasTime;
    private bool _hasText;

    /// <summary>Creates the sink.</summary>
    /// <param name="output">The bytes; stays open.</param>
    public CsvSink(Stream output) : base(output)
    {
    }

    [HotPath]
    private protected override void Append(Emission emission, ReadOnlySpan<byte> stream, RecordBuffer buffer)
    {
        if (emission.Kind == EmissionKind.End) return;
        if (!_hasHeader) AppendHeader(emission, stream, buffer);
        if (_hasStream)
        {
            AppendField(stream, buffer);
            buffer.Append((byte)',');
        }
        buffer.Append(emission.Step);
        if (_hasTime)
        {
            buffer.Append((byte)',');
            if (!double.IsNaN(emission.Time)) buffer.Append(emission.Time, isSingle: false);
        }
        AppendSaid(emission, buffer);
        for (int i = 0; i < emission.OutputCount; i++) AppendNumbers(emission, emission.Output(i), buffer);
        buffer.Append((byte)'\n');
    }

    private void AppendHeader(Emission emission, ReadOnlySpan<byte> stream, RecordBuffer buffer)
    {
        _hasHeader = true;
        _hasStream = !stream.IsEmpty;
        _hasTime = !double.IsNaN(emission.Time);
        _hasText = !emission.Text.IsEmpty || emission.Kind == EmissionKind.Text;
        if (_hasStream) buffer.Append("stream,"u8);
        buffer.Append("step"u8);
        if (_hasTime) buffer.Append(",t"u8);
        if (_hasText) buffer.Append(",text"u8);
        if (emission.Kind == EmissionKind.Label) buffer.Append(",label,score"u8);
        for (int i = 0; i < emission.OutputCount; i++) AppendNames(emission.Output(i), buffer);
        buffer.Append((byte)'\n');
    }

    private static void AppendNames(EmissionOutput output, RecordBuffer buffer)
    {
        for (int i = 0; i < output.Count; i++)
        {
            buffer.Append((byte)',');
            buffer.Append(output.Name);
            if (output.Count == 1) continue;
            buffer.Append((byte)'[');
            buffer.Append(i);
            buffer.Append((byte)']');
        }
    }

    private void AppendSaid(Emission emission, RecordBuffer buffer)
    {
        if (_hasText)
        {
            buffer.Append((byte)',');
            AppendField(emission.Text, buffer);
        }
        if (emission.Kind != EmissionKind.Label) return;
        buffer.Append((byte)',');
        buffer.Append(emission.Label ?? "");
        buffer.Append((byte)',');
        if (!float.IsNaN(emission.Score)) buffer.Append(emission.Score, isSingle: true);
    }

    private static void AppendNumbers(Emission emission, EmissionOutput output, RecordBuffer buffer)
    {
        foreach (double value in emission.Values(output))
        {
            buffer.Append((byte)',');
            buffer.Append(value, output.IsSingle);
        }
    }

    private static void AppendField(ReadOnlySpan<byte> field, RecordBuffer buffer)
    {
        if (field.IndexOfAny(",\"\r\n"u8) < 0)
        {
            buffer.Append(field);
            return;
        }
        buffer.Append((byte)'"');
        foreach (byte value in field)
        {
            if (value == '"') buffer.Append(value);
            buffer.Append(value);
        }
        buffer.Append((byte)'"');
    }
}
