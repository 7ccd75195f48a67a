using SeqStream.Contracts;
using SeqStream.Feeds.Reading;

namespace SeqStream.Feeds;

/// <summary>Text already split into tokens by blanks or tabs: a line is a sequence of the one stream; blank lines are skipped.</summary>
public sealed class TokenFeed : LineFeed
{
    private StreamId? _stream;

    /// <summary>Creates the feed.</summary>
    /// <param name="source">The source as people name it.</param>
    /// <param name="input">The bytes; stays open.</param>
    public TokenFeed(string source, Stream input) : base(source, input)
    {
    }

    /// <summary>Name of the stream; empty (the default) means that it has none.</summary>
    public string StreamName { get; init; } = "";

    private protected override string? Parse(ReadOnlySpan<byte> line, RecordFrames frames)
    {
        FramePayload payload = frames.Payload;
        payload.Content = FrameContent.Tokens;
        while (!(line = line.TrimStart(" \t"u8)).IsEmpty)
        {
            int length = line.IndexOfAny((byte)' ', (byte)'\t');
            if (length < 0) length = line.Length;
            if (payload.Text.Length > 0) payload.AddText(" "u8);
            payload.AddText(line[..length]);
            line = line[length..];
        }
        if (payload.Text.IsEmpty) return null;
        StreamId stream = _stream ??= frames.Stream(System.Text.Encoding.UTF8.GetBytes(StreamName));
        frames.AddPayload(stream);
        frames.AddControl(stream, FrameKind.End);
        return null;
    }
}
