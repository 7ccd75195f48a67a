using SeqStream.Contracts;
using SeqStream.Feeds.Reading;

namespace SeqStream.Feeds;

/// <summary>Running text: a line is a sequence of the one stream.</summary>
public sealed class TextFeed : LineFeed
{
    private StreamId? _stream;

    /// <summary>Creates the feed.</summary>
    /// <param name="source">The source as people name it.</param>
    /// <param name="input">The bytes; stays open.</param>
    public TextFeed(string source, Stream input) : base(source, input)
    {
    }

    /// <summary>Name of the stream; empty (the default) means that it has none.</summary>
    public string StreamName { get; init; } = "";

    private protected override string? Parse(ReadOnlySpan<byte> line, RecordFrames frames)
    {
        StreamId stream = _stream ??= frames.Stream(System.Text.Encoding.UTF8.GetBytes(StreamName));
        frames.Payload.Content = FrameContent.Text;
        frames.Payload.AddText(line);
        frames.AddPayload(stream);
        frames.AddControl(stream, FrameKind.End);
        return null;
    }
}
