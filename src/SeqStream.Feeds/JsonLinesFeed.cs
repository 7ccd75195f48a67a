using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.Feeds.Reading;

namespace SeqStream.Feeds;

/// <summary>
/// JSON Lines: <c>{"stream":"a","x":[...]}</c>, <c>{"stream":"a","inputs":{"name":[...]}}</c>, <c>{"stream":"a","text":"..."}</c> or
/// <c>{"stream":"a","control":"start|end|reset"}</c>, each with an optional <c>"t"</c> (seconds) and <c>"seq"</c> (the producer's counter, by
/// which the engine knows repetitions and gaps). A record without a stream belongs to the one stream without a name.
/// Nested arrays are read in order, as if flat.
/// </summary>
public sealed class JsonLinesFeed : LineFeed
{
    private const int MaxDepth = 32;
    private readonly byte[] _streamField;
    private readonly bool _passThrough;
    private readonly byte[] _name = new byte[StreamDirectory.MaxNameBytes];
    private byte[] _unescaped = new byte[256];

    /// <summary>Creates the feed.</summary>
    /// <param name="source">The source as people name it.</param>
    /// <param name="input">The bytes; stays open.</param>
    /// <param name="streamField">The member that names the stream.</param>
    /// <param name="passThrough">True to copy members that mean nothing here to the emissions of their record.</param>
    public JsonLinesFeed(string source, Stream input, string streamField = "stream", bool passThrough = false) : base(source, input)
    {
        _streamField = Encoding.UTF8.GetBytes(streamField);
        _passThrough = passThrough;
    }

    private protected override string? Parse(ReadOnlySpan<byte> line, RecordFrames frames)
    {
        line = line.Trim(" \t"u8);
        if (line.IsEmpty) return null;
        JsonRecord record = new();
        try
        {
            Utf8JsonReader reader = new(line, new JsonReaderOptions { MaxDepth = MaxDepth });
            string? problem = ParseObject(ref reader, line, ref record, frames);
            return problem ?? Complete(ref record, frames);
        }
        catch (JsonException problem)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"not JSON from byte {problem.BytePositionInLine + 1} on ({ReasonOf(problem)}). Expected one object per line, such as {{\"stream\":\"a\",\"x\":[0.5,1]}}.");
        }
    }

    private string? ParseObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> line, ref JsonRecord record, RecordFrames frames)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return $"found {PortNumbers.Show(line)}, expected a JSON object such as {{\"stream\":\"a\",\"x\":[0.5,1]}}.";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? problem = ParseMember(ref reader, line, ref record, frames);
            if (problem is not null) return problem;
        }
        reader.Read(); // whatever follows the object is refused by the reader
        return null;
    }

    private string? ParseMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> line, ref JsonRecord record, RecordFrames frames)
    {
        if (reader.ValueTextEquals(_streamField)) return ParseStream(ref reader, ref record);
        if (reader.ValueTextEquals("x"u8)) return ParsePlain(ref reader, ref record, frames);
        if (reader.ValueTextEquals("inputs"u8)) return ParseInputs(ref reader, ref record, frames);
        if (reader.ValueTextEquals("text"u8)) return ParseText(ref reader, ref record, frames.Payload);
        if (reader.ValueTextEquals("control"u8)) return ParseControl(ref reader, ref record);
        if (reader.ValueTextEquals("t"u8)) return ParseTime(ref reader, ref record);
        if (reader.ValueTextEquals("seq"u8)) return ParseSeq(ref reader, ref record);
        int start = (int)reader.TokenStartIndex;
        reader.Read();
        reader.Skip();
        if (!_passThrough) return null;
        if (frames.Payload.Echo.Length > 0) frames.Payload.AddEcho(","u8);
        frames.Payload.AddEcho(line[start..(int)reader.BytesConsumed]);
        return null;
    }

    private string? ParseStream(ref Utf8JsonReader reader, ref JsonRecord record)
    {
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number)) return $"the stream is {Describe(ref reader)}, expected a string or a number.";
        if (reader.ValueSpan.Length > StreamDirectory.MaxNameBytes)
            return string.Create(CultureInfo.InvariantCulture, $"the stream's name has {reader.ValueSpan.Length} bytes, at most {StreamDirectory.MaxNameBytes} are allowed.");
        record.NameLength = reader.ValueSpan.Length;
        if (reader.ValueIsEscaped) record.NameLength = reader.CopyString(_name);
        else reader.ValueSpan.CopyTo(_name);
        return null;
    }

    private static string? ParsePlain(ref Utf8JsonReader reader, ref JsonRecord record, RecordFrames frames)
    {
        reader.Read();
        if (record.Content != JsonContent.None) return SecondContent("x");
        record.Content = JsonContent.Values;
        if (frames.Signature.Inputs.Length != 1)
            return $"the record has 'x', but model '{frames.Signature.ModelName}' has {frames.Signature.Inputs.Length} inputs. Write {ExampleOfInputs(frames.Signature)}.";
        return ParseNumbers(ref reader, frames, port: 0, "x");
    }

    private static string? ParseInputs(ref Utf8JsonReader reader, ref JsonRecord record, RecordFrames frames)
    {
        reader.Read();
        if (record.Content != JsonContent.None) return SecondContent("inputs");
        record.Content = JsonContent.Values;
        frames.Payload.HasNames = true;
        if (reader.TokenType != JsonTokenType.StartObject) return $"'inputs' is {Describe(ref reader)}, expected an object: {ExampleOfInputs(frames.Signature)}.";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int port = PortOf(ref reader, frames);
            if (port < 0 && BoundInputs.Find(ref reader, frames.Signature) is { } constant)
            {
                string? difference = BoundInputs.Compare(ref reader, constant);
                if (difference is not null) return difference;
                continue;
            }
            if (port < 0) return $"'inputs' names '{reader.GetString()}', but model '{frames.Signature.ModelName}' has {string.Join(", ", frames.Signature.Inputs)}.";
            reader.Read();
            string? problem = ParseNumbers(ref reader, frames, port, frames.Signature.Inputs[port].Name);
            if (problem is not null) return problem;
        }
        if (frames.Payload.SegmentCount == frames.Signature.Inputs.Length) return null;
        return $"'inputs' gives {frames.Payload.SegmentCount} of the {frames.Signature.Inputs.Length} inputs of model '{frames.Signature.ModelName}'. Write {ExampleOfInputs(frames.Signature)}.";
    }

    private static int PortOf(ref Utf8JsonReader reader, RecordFrames frames)
    {
        for (int port = 0; port < frames.Signature.Inputs.Length; port++)
        {
            if (reader.ValueTextEquals(frames.Signature.Inputs[port].Name) && !HasSegment(frames.Payload, port)) return port;
        }
        return -1;
    }

    private static bool HasSegment(FramePayload payload, int port)
    {
        for (int i = 0; i < payload.SegmentCount; i++)
        {
            if (payload.Segment(i).Port == port) return true;
        }
        return false;
    }

    [HotPath]
    private static string? ParseNumbers(ref Utf8JsonReader reader, RecordFrames frames, int port, string field)
    {
        StepPort input = frames.Signature.Inputs[port];
        FramePayload payload = frames.Payload;
        payload.BeginSegment(port, input.IsInteger());
        int depth = 0;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray: depth++; break;
                case JsonTokenType.EndArray: depth--; break;
                case JsonTokenType.Number:
                    string? problem = PortNumbers.Add(payload, input, reader.ValueSpan);
                    if (problem is not null) return Locate(problem, field, payload);
                    break;
                default: return Locate($"found {Describe(ref reader)}, expected a number", field, payload);
            }
        }
        while (depth > 0 && reader.Read());
        return null;
    }

    private string? ParseText(ref Utf8JsonReader reader, ref JsonRecord record, FramePayload payload)
    {
        reader.Read();
        if (record.Content != JsonContent.None) return SecondContent("text");
        record.Content = JsonContent.Text;
        if (reader.TokenType != JsonTokenType.String) return $"'text' is {Describe(ref reader)}, expected a string.";
        payload.Content = FrameContent.Text;
        if (!reader.ValueIsEscaped)
        {
            payload.AddText(reader.ValueSpan);
            return null;
        }
        if (_unescaped.Length < reader.ValueSpan.Length) _unescaped = new byte[reader.ValueSpan.Length * 2];
        payload.AddText(_unescaped.AsSpan(0, reader.CopyString(_unescaped)));
        return null;
    }

    private static string? ParseControl(ref Utf8JsonReader reader, ref JsonRecord record)
    {
        reader.Read();
        if (record.Content != JsonContent.None) return SecondContent("control");
        record.Content = JsonContent.Control;
        if (reader.TokenType == JsonTokenType.String)
        {
            if (reader.ValueTextEquals("start"u8)) return SetControl(ref record, FrameKind.Start);
            if (reader.ValueTextEquals("end"u8)) return SetControl(ref record, FrameKind.End);
            if (reader.ValueTextEquals("reset"u8)) return SetControl(ref record, FrameKind.Reset);
        }
        return $"the control is {Describe(ref reader)}, expected \"start\", \"end\" or \"reset\".";
    }

    private static string? SetControl(ref JsonRecord record, FrameKind kind)
    {
        record.Control = kind;
        return null;
    }

    private static string? ParseTime(ref Utf8JsonReader reader, ref JsonRecord record)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out record.Time) || !double.IsFinite(record.Time)) return $"'t' is {Describe(ref reader)}, expected a number of seconds.";
        return null;
    }

    private static string? ParseSeq(ref Utf8JsonReader reader, ref JsonRecord record)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.Number || !Utf8Parser.TryParse(reader.ValueSpan, out record.Seq, out int used) || used != reader.ValueSpan.Length || record.Seq < 0)
            return $"'seq' is {Describe(ref reader)}, expected a whole number from 0 that grows with every record of the stream.";
        return null;
    }

    private string? Complete(ref JsonRecord record, RecordFrames frames)
    {
        if (record.Content == JsonContent.None) return "the record has none of 'x', 'inputs', 'text' and 'control'. Expected one of them.";
        StreamId stream = frames.Stream(_name.AsSpan(0, record.NameLength));
        if (record.Content == JsonContent.Control)
        {
            frames.Abandon();
            frames.AddControl(stream, record.Control, record.Time);
        }
        else
        {
            frames.AddPayload(stream, record.Time, record.Seq);
        }
        return null;
    }

    private static string SecondContent(string field) => $"the record has '{field}' beside another of 'x', 'inputs', 'text' and 'control'. Expected one of them; send two records.";

    private static string Locate(string problem, string field, FramePayload payload)
        => string.Create(CultureInfo.InvariantCulture, $"'{field}', number {payload.Segment(payload.SegmentCount - 1).Count + 1}: {problem}.");

    private static string ExampleOfInputs(StepSignature signature)
        => $"\"inputs\":{{{string.Join(",", signature.Inputs.Select(static port => $"\"{port.Name}\":[{port.ElementCount} numbers]"))}}}";

    private static string Describe(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => $"the text {PortNumbers.Show(reader.ValueSpan)}",
        JsonTokenType.Number => reader.ValueSpan.Length < 40 ? Encoding.UTF8.GetString(reader.ValueSpan) : "a long number",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        _ => Encoding.UTF8.GetString(reader.ValueSpan),
    };

    private static string ReasonOf(JsonException problem)
    {
        int end = problem.Message.IndexOf(" LineNumber", StringComparison.Ordinal);
        return (end > 0 ? problem.Message[..end] : problem.Message).TrimEnd('.', ' ');
    }
}
