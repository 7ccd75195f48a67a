using SeqStream.Contracts;
using SeqStream.Feeds.Writing;

namespace SeqStream.Feeds;

/// <summary>
/// The form people expect: tagged tokens as <c>token TAB tag</c> with a blank line after each sequence, a label per line, a text per line, or the numbers of a
/// step divided by blanks. Where streams have names, each line begins with the name and a tab.
/// </summary>
public sealed class TextSink : RecordSink
{
    private bool _isTagging;

    /// <summary>Creates the sink.</summary>
    /// <param name="output">The bytes; stays open.</param>
    public TextSink(Stream output) : base(output)
    {
    }

    [HotPath]
    private protected override void Append(Emission emission, ReadOnlySpan<byte> stream, RecordBuffer buffer)
    {
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

    private void AppendLabel(Emission emission, RecordBuffer buffer)
    {
        if (!emission.Text.IsEmpty)
        {
            _isTagging = true;
            buffer.Append(emission.Text);
            buffer.Append((byte)'\t');
        }
        buffer.Append(emission.Label ?? "");
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
