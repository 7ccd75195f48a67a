using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Feeds.Writing;

namespace SeqStream.Feeds;

/// <summary>
/// The form people expect: tagged tokens as <c>token TAB tag</c> with a blank line after each sequence, a label per line (and behind a tab the parts that made it), a text per line,
/// or the numbers of a step divided by blanks. A label without parts that lies somewhere is followed by where it begins and, once known, ends, divided by tabs. Text that is not final yet grows on its
/// line as it comes, and begins a line anew if it changed its mind; where streams have names it waits to be final. Where streams have names, each line begins with the name and a tab.
/// </summary>
public sealed class TextSink : RecordSink
{
    private readonly List<byte> _line = []; // text on a line that is not ended
    private bool _isTagging;

    /// <summary>Creates the sink.</summary>
    /// <param name="output">The bytes; stays open.</param>
    public TextSink(Stream output) : base(output)
    {
    }

    [HotPath]
    private protected override void Append(Emission emission, ReadOnlySpan<byte> stream, RecordBuffer buffer)
    {
        if (emission is { Kind: EmissionKind.Text, IsPartial: true } && !stream.IsEmpty) return;
        if (emission.Kind == EmissionKind.Text && stream.IsEmpty)
        {
            AppendGrowing(emission, buffer);
            return;
        }
        if (_line.Count > 0) BreakLine(buffer);
        if (emission.Kind == EmissionKind.End && !_isTagging) return;
        if (!stream.IsEmpty)
        {
            buffer.Append(stream);
            buffer.Append((byte)'\t');
        }
        switch (emission.Kind)
        {
            case EmissionKind.Label: AppendLabel(emission, buffer); break;
            case EmissionKind.Text: buffer.Append(emission.Text); break;
            case EmissionKind.Outputs: AppendNumbers(emission, buffer); break;
            default: break;
        }
        buffer.Append((byte)'\n');
    }

    /// <summary>Appends what is new of a text, and ends its line if nothing of it will change any more.</summary>
    private void AppendGrowing(Emission emission, RecordBuffer buffer)
    {
        ReadOnlySpan<byte> text = emission.Text;
        if (!text.StartsWith(CollectionsMarshal.AsSpan(_line))) BreakLine(buffer);
        buffer.Append(text[_line.Count..]);
        _line.Clear();
        if (emission.IsPartial) _line.AddRange(text);
        else buffer.Append((byte)'\n');
    }

    private void BreakLine(RecordBuffer buffer)
    {
        buffer.Append((byte)'\n');
        _line.Clear();
    }

    private void AppendLabel(Emission emission, RecordBuffer buffer)
    {
        if (!emission.Text.IsEmpty)
        {
            _isTagging = true;
            buffer.Append(emission.Text);
            buffer.Append((byte)'\t');
        }
        buffer.Append(emission.Label ?? "");
        for (int i = 0; i < emission.PartCount; i++)
        {
            buffer.Append((byte)(i == 0 ? '\t' : ' '));
            buffer.Append(emission.PartText(i));
        }
        if (emission.PartCount > 0) return;
        AppendPlace(emission.SpanStart, buffer);
        AppendPlace(emission.SpanEnd, buffer);
    }

    private static void AppendPlace(double place, RecordBuffer buffer)
    {
        if (double.IsNaN(place)) return;
        buffer.Append((byte)'\t');
        buffer.Append(place, isSingle: false);
    }

    private static void AppendNumbers(Emission emission, RecordBuffer buffer)
    {
        bool isFirst = true;
        for (int i = 0; i < emission.OutputCount; i++)
        {
            EmissionOutput output = emission.Output(i);
            foreach (double value in emission.Values(output))
            {
                if (!isFirst) buffer.Append((byte)' ');
                buffer.Append(value, output.IsSingle);
                isFirst = false;
            }
        }
    }
}
