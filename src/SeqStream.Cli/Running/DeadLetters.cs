using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using SeqStream.Contracts;

namespace SeqStream.Cli.Running;

/// <summary>
/// Keeps refused records in a file, one JSON object a line: <c>source</c>, <c>line</c>, <c>stream</c>, <c>problem</c>, and <c>record</c> as text or <c>base64</c>, with <c>"cut":true</c> if only its
/// beginning is kept. A record that was refused behind the feed is written anew from what was read of it. A file that cannot be written any more ends the run. The caller locks.
/// </summary>
internal sealed class DeadLetters : IDisposable
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly FileStream _file;
    private readonly StepSignature _signature;
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly ArrayBufferWriter<byte> _record = new();

    private DeadLetters(FileStream file, StepSignature signature)
    {
        _file = file;
        _signature = signature;
    }

    /// <summary>Opens the file to append to it; null if none is named.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static DeadLetters? Open(string? path, StepSignature signature)
    {
        if (path is null) return null;
        try
        {
            return new DeadLetters(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0), signature);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--dead-letter: '{path}' cannot be written: {problem.Message} Name a file in a folder that is there and may be written.");
        }
    }

    /// <summary>Appends a record.</summary>
    public void Write(in RecordFault fault)
    {
        _line.ResetWrittenCount();
        using (Utf8JsonWriter json = new(_line, s_options))
        {
            json.WriteStartObject();
            json.WriteString("source", fault.Source);
            json.WriteNumber("line", fault.Position);
            if (fault.Stream is { Length: > 0 } stream) json.WriteString("stream", stream);
            json.WriteString("problem", fault.Problem);
            WriteRecord(json, in fault);
            json.WriteEndObject();
        }
        _line.Write("\n"u8);
        _file.Write(_line.WrittenSpan);
    }

    public void Dispose() => _file.Dispose();

    private void WriteRecord(Utf8JsonWriter json, in RecordFault fault)
    {
        ReadOnlySpan<byte> record = fault.Record.Span;
        bool isCut = record.Length > RecordFault.MostRecordBytes;
        if (isCut) record = record[..RecordFault.MostRecordBytes];
        if (record.IsEmpty && fault.Payload is { } payload)
        {
            isCut = Rewrite(payload, fault.Stream);
            record = _record.WrittenSpan;
        }
        if (record.IsEmpty) return;
        ReadOnlySpan<byte> whole = isCut ? WithoutBrokenCharacter(record) : record;
        if (Utf8.IsValid(whole)) json.WriteString("record", whole);
        else json.WriteBase64String("base64", record);
        if (isCut) json.WriteBoolean("cut", true);
    }

    /// <summary>The record as JSON Lines have it. True if numbers were left out at its end.</summary>
    private bool Rewrite(FramePayload payload, string? stream)
    {
        _record.ResetWrittenCount();
        using Utf8JsonWriter json = new(_record, s_options);
        bool isCut = false, isPlain = payload.SegmentCount == 1 && !payload.HasNames;
        json.WriteStartObject();
        if (stream is { Length: > 0 }) json.WriteString("stream", stream);
        if (payload.Content != FrameContent.Values) json.WriteString("text", payload.Text[..Math.Min(payload.Text.Length, RecordFault.MostRecordBytes)]);
        if (payload.SegmentCount > 0 && !isPlain) json.WriteStartObject("inputs");
        for (int i = 0; i < payload.SegmentCount; i++)
        {
            json.WriteStartArray(isPlain ? "x" : NameOf(payload.Segment(i).Port));
            isCut |= WriteNumbers(json, payload, payload.Segment(i));
            json.WriteEndArray();
        }
        if (payload.SegmentCount > 0 && !isPlain) json.WriteEndObject();
        json.WriteEndObject();
        return isCut || payload.Text.Length > RecordFault.MostRecordBytes;
    }

    private static bool WriteNumbers(Utf8JsonWriter json, FramePayload payload, PayloadSegment segment)
    {
        for (int i = 0; i < segment.Count; i++)
        {
            if (json.BytesCommitted + json.BytesPending >= RecordFault.MostRecordBytes) return true;
            if (segment.IsInteger) json.WriteNumberValue(payload.Integers(segment)[i]);
            else if (float.IsFinite(payload.Values(segment)[i])) json.WriteNumberValue(payload.Values(segment)[i]);
            else json.WriteStringValue(payload.Values(segment)[i].ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        return false;
    }

    private string NameOf(int port) => (uint)port < (uint)_signature.Inputs.Length ? _signature.Inputs[port].Name : "?";

    /// <summary>A cut may run through a character of UTF-8.</summary>
    private static ReadOnlySpan<byte> WithoutBrokenCharacter(ReadOnlySpan<byte> text)
    {
        for (int less = 0; less < 4 && less < text.Length; less++)
        {
            if (Rune.DecodeLastFromUtf8(text[..^less], out _, out _) == OperationStatus.Done) return text[..^less];
        }
        return text;
    }
}
