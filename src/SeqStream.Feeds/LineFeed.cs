using System.Globalization;
using System.Text.Unicode;
using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Feeds.Reading;

namespace SeqStream.Feeds;

/// <summary>
/// Reads a source whose records are lines of UTF-8. A bad line is reported with its number and refused whole; the rest goes on.
/// Memory is bounded by the longest line allowed. Allocates nothing per record once streams are known and buffers have grown. Read it once.
/// </summary>
public abstract class LineFeed : IFrameFeed
{
    private readonly Stream _input;

    /// <summary>Creates a feed over a stream of bytes, which stays open.</summary>
    /// <param name="source">The source as people name it.</param>
    /// <param name="input">The bytes.</param>
    private protected LineFeed(string source, Stream input)
    {
        Source = source;
        _input = input;
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <summary>Longest line in bytes; a longer one is refused. Default 8 MiB.</summary>
    public int MaxLineBytes { get; init; } = 8 << 20;

    /// <inheritdoc/>
    public async Task ReadAsync(FeedContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            await ReadAllAsync(context, cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // Nobody takes frames any more: the route is stopping, and reading is over.
        }
    }

    /// <summary>Turns a line into frames, or says what is wrong with it and adds none.</summary>
    private protected abstract string? Parse(ReadOnlySpan<byte> line, RecordFrames frames);

    private async Task ReadAllAsync(FeedContext context, CancellationToken cancellation)
    {
        RecordFrames frames = new RecordFrames(context);
        LineReader lines = new(_input, MaxLineBytes);
        do
        {
            while (!cancellation.IsCancellationRequested && lines.TryTake())
            {
                Read(lines, frames, context.Faults);
                ValueTask sending = frames.SendAsync(cancellation);
                if (!sending.IsCompletedSuccessfully) await sending.ConfigureAwait(false);
            }
            cancellation.ThrowIfCancellationRequested();
        }
        while (await lines.FillAsync(cancellation).ConfigureAwait(false));
        if (lines.TryTake())
        {
            Read(lines, frames, context.Faults);
            await frames.SendAsync(cancellation).ConfigureAwait(false);
        }
        await frames.EndAllAsync(cancellation).ConfigureAwait(false);
    }

    [HotPath]
    private void Read(LineReader lines, RecordFrames frames, IFaultReporter faults)
    {
        frames.Position = lines.Number;
        string? problem = lines.IsTooLong || !Utf8.IsValid(lines.Line) ? DescribeBadLine(lines) : Parse(lines.Line, frames);
        if (problem is null) return;
        frames.Abandon();
        faults.Report(new RecordFault(Source, lines.Number, problem) { Record = RecordFault.Copy(lines.Line) });
    }

    private string DescribeBadLine(LineReader lines) => lines.IsTooLong
        ? string.Create(CultureInfo.InvariantCulture, $"the line is longer than {MaxLineBytes} bytes. Send shorter records, one per line.")
        : "the line is not valid UTF-8. Convert it first, for example with 'iconv -t utf-8'.";
}
