using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using SeqStream.Contracts;

namespace SeqStream.Mqtt.Payloads;

/// <summary>
/// A number, an array of numbers, or an object of the JSON Lines contract: <c>x</c>, <c>inputs</c>, <c>text</c> or <c>control</c>, with optional <c>t</c>, <c>seq</c>
/// and (where the topic names no stream) <c>stream</c>. Other members are ignored.
/// </summary>
public sealed class JsonDecoder : IPayloadDecoder
{
    private const int MaxDepth = 32;
    private byte[] _text = new byte[256];

    private enum Content
    {
        None,
        Values,
        Text,
        Control,
    }

    /// <inheritdoc/>
    public string? Decode(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, IRecordBuilder records)
    {
        ArgumentNullException.ThrowIfNull(records);
        try
        {
            Utf8JsonReader reader = new(message, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            string? problem = reader.TokenType switch
            {
                JsonTokenType.StartObject => ReadObject(ref reader, records),
                JsonTokenType.StartArray or JsonTokenType.Number => ReadPlain(ref reader, records),
                _ => $"found {Describe(ref reader)}, expected an array of numbers or an object such as {{\"x\":[0.5,1]}}.",
            };
            if (problem is null) reader.Read(); // whatever follows is refused by the reader
            return problem;
        }
        catch (JsonException problem)
        {
            return string.Create(CultureInfo.InvariantCulture, $"not JSON at line {problem.LineNumber + 1}, byte {problem.BytePositionInLine + 1}. Expected an array of numbers or an object such as {{\"x\":[0.5,1]}}.");
        }
    }

    private static string? ReadPlain(ref Utf8JsonReader reader, IRecordBuilder records)
    {
        string? problem = ReadValues(ref reader, records);
        if (problem is null) records.AddPayload();
        return problem;
    }

    private string? ReadObject(ref Utf8JsonReader reader, IRecordBuilder records)
    {
        Content content = Content.None;
        FrameKind control = FrameKind.Data;
        double time = double.NaN;
        long seq = -1;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Content found = ContentOf(ref reader);
            if (found != Content.None && content != Content.None) return "the record has more than one of 'x', 'inputs', 'text' and 'control'. Expected one of them; send two messages.";
            string? problem = found == Content.None ? ReadNote(ref reader, records, ref time, ref seq) : ReadContent(ref reader, records, ref control);
            if (problem is not null) return problem;
            if (found != Content.None) content = found;
        }
        switch (content)
        {
            case Content.None: return "the record has none of 'x', 'inputs', 'text' and 'control'. Expected one of them.";
            case Content.Control: records.AddControl(control, time); return null;
            default: records.AddPayload(time, seq); return null;
        }
    }

    private static Content ContentOf(ref Utf8JsonReader reader)
        => reader.ValueTextEquals("x"u8) || reader.ValueTextEquals("inputs"u8) ? Content.Values
        : reader.ValueTextEquals("text"u8) ? Content.Text
        : reader.ValueTextEquals("control"u8) ? Content.Control
        : Content.None;

    private string? ReadContent(ref Utf8JsonReader reader, IRecordBuilder records, ref FrameKind control)
    {
        if (reader.ValueTextEquals("text"u8)) return ReadText(ref reader, records.Payload);
        if (reader.ValueTextEquals("control"u8)) return ReadControl(ref reader, ref control);
        bool isPlain = reader.ValueTextEquals("x"u8);
        reader.Read();
        return isPlain ? ReadValues(ref reader, records) : ReadInputs(ref reader, records);
    }

    private string? ReadNote(ref Utf8JsonReader reader, IRecordBuilder records, ref double time, ref long seq)
    {
        if (reader.ValueTextEquals("t"u8))
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out time) && double.IsFinite(time) ? null : $"'t' is {Describe(ref reader)}, expected a number of seconds.";
        }
        if (reader.ValueTextEquals("seq"u8))
        {
            reader.Read();
            bool isCounter = reader.TokenType == JsonTokenType.Number && Utf8Parser.TryParse(reader.ValueSpan, out seq, out int used) && used == reader.ValueSpan.Length && seq >= 0;
            return isCounter ? null : $"'seq' is {Describe(ref reader)}, expected a whole number from 0 that grows with every record of the stream.";
        }
        bool isStream = reader.ValueTextEquals("stream"u8);
        reader.Read();
        if (isStream) return ReadStream(ref reader, records);
        reader.Skip();
        return null;
    }

    private string? ReadStream(ref Utf8JsonReader reader, IRecordBuilder records)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number)) return $"the stream is {Describe(ref reader)}, expected a string or a number.";
        if (reader.ValueSpan.Length > StreamDirectory.MaxNameBytes)
            return string.Create(CultureInfo.InvariantCulture, $"the stream's name has {reader.ValueSpan.Length} bytes, at most {StreamDirectory.MaxNameBytes} are allowed.");
        records.SetStream(reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan);
        return null;
    }

    private static string? ReadInputs(ref Utf8JsonReader reader, IRecordBuilder records)
    {
        StepSignature signature = records.Signature;
        if (reader.TokenType != JsonTokenType.StartObject) return $"'inputs' is {Describe(ref reader)}, expected an object with a member for each input.";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int port = PortOf(ref reader, records);
            if (port < 0) return $"'inputs' names '{reader.GetString()}' once too often or wrongly; model '{signature.ModelName}' has {string.Join(", ", signature.Inputs)}.";
            reader.Read();
            if (ReadNumbers(ref reader, records, port) is { } problem) return problem;
        }
        records.Payload.HasNames = true;
        return records.Payload.SegmentCount == signature.Inputs.Length
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"'inputs' gives {records.Payload.SegmentCount} of the {signature.Inputs.Length} inputs of model '{signature.ModelName}'. Expected {string.Join(", ", signature.Inputs)}.");
    }

    private static int PortOf(ref Utf8JsonReader reader, IRecordBuilder records)
    {
        for (int port = 0; port < records.Signature.Inputs.Length; port++)
        {
            if (!reader.ValueTextEquals(records.Signature.Inputs[port].Name)) continue;
            for (int i = 0; i < records.Payload.SegmentCount; i++)
            {
                if (records.Payload.Segment(i).Port == port) return -1;
            }
            return port;
        }
        return -1;
    }

    private static string? ReadValues(ref Utf8JsonReader reader, IRecordBuilder records)
        => records.Signature.Inputs.Length == 1
            ? ReadNumbers(ref reader, records, port: 0)
            : $"the record has plain numbers, but model '{records.Signature.ModelName}' has {records.Signature.Inputs.Length} inputs. Write \"inputs\" with {string.Join(", ", records.Signature.Inputs)}.";

    [HotPath]
    private static string? ReadNumbers(ref Utf8JsonReader reader, IRecordBuilder records, int port)
    {
        StepPort input = records.Signature.Inputs[port];
        PortNumbers.Begin(records.Payload, records.Signature, port);
        int depth = 0, count = 0;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray: depth++; break;
                case JsonTokenType.EndArray: depth--; break;
                case JsonTokenType.Number:
                    count++;
                    if (PortNumbers.Add(records.Payload, input, reader.ValueSpan) is { } problem) return Locate(input, count, problem);
                    break;
                default: return Locate(input, count + 1, $"found {Describe(ref reader)}, expected a number");
            }
        }
        while (depth > 0 && reader.Read());
        return null;
    }

    private string? ReadText(ref Utf8JsonReader reader, FramePayload payload)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String) return $"'text' is {Describe(ref reader)}, expected a string.";
        payload.Content = FrameContent.Text;
        payload.AddText(reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan);
        return null;
    }

    private static string? ReadControl(ref Utf8JsonReader reader, ref FrameKind control)
    {
        reader.Read();
        control = reader.TokenType != JsonTokenType.String ? FrameKind.Data
            : reader.ValueTextEquals("start"u8) ? FrameKind.Start
            : reader.ValueTextEquals("end"u8) ? FrameKind.End
            : reader.ValueTextEquals("reset"u8) ? FrameKind.Reset
            : FrameKind.Data;
        return control != FrameKind.Data ? null : $"the control is {Describe(ref reader)}, expected \"start\", \"end\" or \"reset\".";
    }

    private ReadOnlySpan<byte> Unescape(ref Utf8JsonReader reader)
    {
        if (_text.Length < reader.ValueSpan.Length) _text = new byte[reader.ValueSpan.Length * 2];
        return _text.AsSpan(0, reader.CopyString(_text));
    }

    private static string Locate(StepPort input, int number, string problem) => string.Create(CultureInfo.InvariantCulture, $"'{input.Name}', number {number}: {problem}.");

    private static string Describe(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => $"the text {PortNumbers.Show(reader.ValueSpan)}",
        _ => PortNumbers.Show(reader.ValueSpan),
    };
}
