using SeqStream.Contracts;
using SeqStream.Feeds.Writing;

namespace SeqStream.Feeds;

/// <summary>
/// An emission as the JSON object that <see cref="JsonLinesSink"/> writes, for programs that take emissions one by one. The end of a sequence is <c>{"step":12,"end":"ended"}</c>.
/// Allocates nothing once its buffer has grown. One thread at a time.
/// </summary>
public sealed class EmissionText
{
    private readonly RecordBuffer _buffer = new();

    /// <summary>The object in UTF-8, without a line end; valid until the next call.</summary>
    /// <param name="emission">What was said.</param>
    /// <param name="stream">Name of the stream; empty to leave it out.</param>
    [HotPath]
    public ReadOnlySpan<byte> Of(Emission emission, ReadOnlySpan<byte> stream = default)
    {
        ArgumentNullException.ThrowIfNull(emission);
        _buffer.Clear();
        JsonLinesSink.AppendRecord(emission, stream, _buffer);
        return _buffer.Written.Span;
    }
}
