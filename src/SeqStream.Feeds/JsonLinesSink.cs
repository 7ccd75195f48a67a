using SeqStream.Contracts;
using SeqStream.Feeds.Writing;

namespace SeqStream.Feeds;

/// <summary>
/// JSON Lines: <c>{"stream":"a","step":12,"t":0.96,...}</c> with <c>"y":[...]</c> for a single output, <c>"outputs":{...}</c> for several or where the record named its inputs, or
/// <c>"text"</c>, <c>"label"</c> and <c>"score"</c>, with <c>"partial":true</c> while that may change, <c>"span":[start,end]</c> and <c>"parts":[{"text":"w","score":0.3}]</c> where there are such. The stream is left out where the source gave none, the time where it is unknown. The end of a sequence writes nothing,
/// unless the engine made it: <c>{"stream":"a","step":12,"end":"evicted-idle"}</c>.
/// </summary>
public sealed class JsonLinesSink : RecordSink
{
    /// <summary>Creates the sink.</summary>
    /// <param name="output">The bytes; stays open.</param>
    public JsonLinesSink(Stream output) : base(output)
    {
    }

    [HotPath]
    private protected override void Append(Emission emission, ReadOnlySpan<byte> stream, RecordBuffer buffer)
    {
        if (emission is { Kind: EmissionKind.End, Reason: EndReason.Ended }) return;
        AppendRecord(emission, stream, buffer);
        buffer.Append((byte)'\n');
    }

    /// <summary>Appends the object of an emission, ends of sequences too.</summary>
    [HotPath]
    internal static void AppendRecord(Emission emission, ReadOnlySpan<byte> stream, RecordBuffer buffer)
    {
        buffer.Append((byte)'{');
        if (!stream.IsEmpty)
        {
            buffer.Append("\"stream\":"u8);
            buffer.AppendJson(stream);
            buffer.Append((byte)',');
        }
        buffer.Append("\"step\":"u8);
        buffer.Append(emission.Step);
        if (!double.IsNaN(emission.Time))
        {
            buffer.Append(",\"t\":"u8);
            buffer.AppendJson(emission.Time, isSingle: false);
        }
        if (emission.Kind == EmissionKind.End)
        {
            buffer.Append(",\"end\":"u8);
            buffer.AppendJson(emission.Reason.Utf8());
        }
        AppendSaid(emission, buffer);
        AppendOutputs(emission, buffer);
        if (!emission.Echo.IsEmpty)
        {
            buffer.Append((byte)',');
            buffer.Append(emission.Echo);
        }
        buffer.Append((byte)'}');
    }

    private static void AppendSaid(Emission emission, RecordBuffer buffer)
    {
        if (!emission.Text.IsEmpty || emission.Kind == EmissionKind.Text)
        {
            buffer.Append(",\"text\":"u8);
            buffer.AppendJson(emission.Text);
        }
        if (emission.Label is not null)
        {
            buffer.Append(",\"label\":"u8);
            buffer.AppendJson(emission.Label);
        }
        if (!float.IsNaN(emission.Score))
        {
            buffer.Append(",\"score\":"u8);
            buffer.AppendJson(emission.Score, isSingle: true);
        }
        if (emission.IsPartial) buffer.Append(",\"partial\":true"u8);
        if (!double.IsNaN(emission.SpanStart)) AppendSpan(emission, buffer);
        if (emission.PartCount > 0) AppendParts(emission, buffer);
    }

    private static void AppendSpan(Emission emission, RecordBuffer buffer)
    {
        buffer.Append(",\"span\":["u8);
        buffer.AppendJson(emission.SpanStart, isSingle: false);
        if (!double.IsNaN(emission.SpanEnd))
        {
            buffer.Append((byte)',');
            buffer.AppendJson(emission.SpanEnd, isSingle: false);
        }
        buffer.Append((byte)']');
    }

    private static void AppendParts(Emission emission, RecordBuffer buffer)
    {
        buffer.Append(",\"parts\":["u8);
        for (int i = 0; i < emission.PartCount; i++)
        {
            if (i > 0) buffer.Append((byte)',');
            buffer.Append("{\"text\":"u8);
            buffer.AppendJson(emission.PartText(i));
            buffer.Append(",\"score\":"u8);
            buffer.AppendJson(emission.PartScore(i), isSingle: true);
            buffer.Append((byte)'}');
        }
        buffer.Append((byte)']');
    }

    private static void AppendOutputs(Emission emission, RecordBuffer buffer)
    {
        if (emission.OutputCount == 0) return;
        if (emission.OutputCount == 1 && !emission.HasNames)
        {
            buffer.Append(",\"y\":"u8);
            AppendArray(emission, emission.Output(0), buffer);
            return;
        }
        buffer.Append(",\"outputs\":{"u8);
        for (int i = 0; i < emission.OutputCount; i++)
        {
            if (i > 0) buffer.Append((byte)',');
            buffer.AppendJson(emission.Output(i).Name);
            buffer.Append((byte)':');
            AppendArray(emission, emission.Output(i), buffer);
        }
        buffer.Append((byte)'}');
    }

    private static void AppendArray(Emission emission, EmissionOutput output, RecordBuffer buffer)
    {
        byte separator = (byte)'[';
        foreach (double value in emission.Values(output))
        {
            buffer.Append(separator);
            buffer.AppendJson(value, output.IsSingle);
            separator = (byte)',';
        }
        if (output.Count == 0) buffer.Append((byte)'[');
        buffer.Append((byte)']');
    }
}
