using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using SeqStream.Contracts;

namespace SeqStream.Mqtt.Routing;

/// <summary>An emission as one JSON object, in the form of JSON Lines output. Reused; one thread at a time.</summary>
internal sealed class EmissionJson : IDisposable
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Utf8JsonWriter _writer;

    public EmissionJson() => _writer = new Utf8JsonWriter(_bytes, s_options);

    /// <summary>Writes an emission; the bytes are the caller's.</summary>
    public byte[] Write(Emission emission, ReadOnlySpan<byte> stream)
    {
        Begin();
        WriteObject(emission, stream);
        return End();
    }

    /// <summary>Writes an emission inside a CloudEvents envelope (structured mode).</summary>
    public byte[] WriteStructured(Emission emission, ReadOnlySpan<byte> stream, string id, string source, string type)
    {
        Begin();
        _writer.WriteStartObject();
        _writer.WriteString("specversion"u8, "1.0"u8);
        _writer.WriteString("id"u8, id);
        _writer.WriteString("source"u8, source);
        _writer.WriteString("type"u8, type);
        _writer.WriteString("datacontenttype"u8, "application/json"u8);
        _writer.WritePropertyName("data"u8);
        WriteObject(emission, stream);
        _writer.WriteEndObject();
        return End();
    }

    public void Dispose() => _writer.Dispose();

    private void Begin()
    {
        _bytes.ResetWrittenCount();
        _writer.Reset();
    }

    private byte[] End()
    {
        _writer.Flush();
        return _bytes.WrittenSpan.ToArray();
    }

    private void WriteObject(Emission emission, ReadOnlySpan<byte> stream)
    {
        _writer.WriteStartObject();
        if (!stream.IsEmpty) _writer.WriteString("stream"u8, stream);
        _writer.WriteNumber("step"u8, emission.Step);
        if (!double.IsNaN(emission.Time)) _writer.WriteNumber("t"u8, emission.Time);
        if (emission.Kind == EmissionKind.End) _writer.WriteString("end"u8, emission.Reason.Utf8());
        if (!emission.Text.IsEmpty || emission.Kind == EmissionKind.Text) _writer.WriteString("text"u8, emission.Text);
        if (emission.Label is not null) _writer.WriteString("label"u8, emission.Label);
        if (!float.IsNaN(emission.Score)) _writer.WriteNumber("score"u8, emission.Score);
        WriteNuances(emission);
        WriteOutputs(emission);
        WriteEcho(emission.Echo);
        _writer.WriteEndObject();
    }

    private void WriteNuances(Emission emission)
    {
        if (emission.IsPartial) _writer.WriteBoolean("partial"u8, true);
        if (!double.IsNaN(emission.SpanStart))
        {
            _writer.WriteStartArray("span"u8);
            _writer.WriteNumberValue(emission.SpanStart);
            if (!double.IsNaN(emission.SpanEnd)) _writer.WriteNumberValue(emission.SpanEnd);
            _writer.WriteEndArray();
        }
        if (emission.PartCount == 0) return;
        _writer.WriteStartArray("parts"u8);
        for (int i = 0; i < emission.PartCount; i++)
        {
            _writer.WriteStartObject();
            _writer.WriteString("text"u8, emission.PartText(i));
            _writer.WritePropertyName("score"u8);
            if (float.IsFinite(emission.PartScore(i))) _writer.WriteNumberValue(emission.PartScore(i));
            else _writer.WriteNullValue();
            _writer.WriteEndObject();
        }
        _writer.WriteEndArray();
    }

    private void WriteOutputs(Emission emission)
    {
        if (emission.OutputCount == 0) return;
        if (emission.OutputCount == 1 && !emission.HasNames)
        {
            _writer.WritePropertyName("y"u8);
            WriteNumbers(emission, emission.Output(0));
            return;
        }
        _writer.WriteStartObject("outputs"u8);
        for (int i = 0; i < emission.OutputCount; i++)
        {
            _writer.WritePropertyName(emission.Output(i).Name);
            WriteNumbers(emission, emission.Output(i));
        }
        _writer.WriteEndObject();
    }

    private void WriteNumbers(Emission emission, EmissionOutput output)
    {
        _writer.WriteStartArray();
        foreach (double value in emission.Values(output))
        {
            if (!double.IsFinite(value)) _writer.WriteNullValue();
            else if (output.IsSingle) _writer.WriteNumberValue((float)value);
            else _writer.WriteNumberValue(value);
        }
        _writer.WriteEndArray();
    }

    /// <summary>Members passed through, <c>"a":1,"b":2</c>, become members of the object.</summary>
    private void WriteEcho(ReadOnlySpan<byte> echo)
    {
        if (echo.IsEmpty) return;
        byte[] whole = [(byte)'{', .. echo, (byte)'}'];
        using JsonDocument members = JsonDocument.Parse(whole);
        foreach (JsonProperty member in members.RootElement.EnumerateObject()) member.WriteTo(_writer);
    }
}
