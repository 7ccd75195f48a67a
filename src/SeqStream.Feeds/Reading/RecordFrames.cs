using System.Runtime.InteropServices;
using System.Threading.Channels;
using SeqStream.Contracts;

namespace SeqStream.Feeds.Reading;

/// <summary>The frames of one record on their way to the channel. A record that turns out bad takes its frames back whole.</summary>
/// <param name="context">Where frames go.</param>
/// <param name="resetsOnGap">True to clear a stream's memory before the first record behind a gap of the producer's counter.</param>
internal sealed class RecordFrames(FeedContext context, bool resetsOnGap = false)
{
    private readonly List<Frame> _frames = [];
    private readonly StreamMarks _marks = new();
    private FramePayload? _spare;

    /// <summary>Counted place of the record in the source, from 1.</summary>
    public long Position { get; set; }

    /// <summary>Records dropped because the stream's producer counter had been seen.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Records dropped because they came after later ones of their stream.</summary>
    public long Late { get; private set; }

    /// <summary>Resets because of gaps.</summary>
    public long Resets { get; private set; }

    /// <summary>Producer counters that were left out; those that come late are among them.</summary>
    public long Missing { get; private set; }

    /// <summary>The model's ports.</summary>
    public StepSignature Signature => context.Signature;

    /// <summary>An empty payload for this record; the same one until it is added.</summary>
    public FramePayload Payload => _spare ??= context.Payloads.Rent();

    /// <summary>The stream of a name.</summary>
    public StreamId Stream(ReadOnlySpan<byte> name) => context.Streams.Intern(name);

    /// <summary>Adds the payload as a data frame.</summary>
    public void AddPayload(StreamId stream, double time = double.NaN)
    {
        _frames.Add(new Frame { Stream = stream, Kind = FrameKind.Data, Position = Position, Time = time, Payload = _spare });
        _spare = null;
        _marks.SetOpen(stream, true);
    }

    /// <summary>Adds a control item.</summary>
    public void AddControl(StreamId stream, FrameKind kind, double time = double.NaN)
    {
        _frames.Add(new Frame { Stream = stream, Kind = kind, Position = Position, Time = time });
        _marks.SetOpen(stream, kind == FrameKind.Start);
        _marks.ForgetSeq(stream);
    }

    /// <summary>Notes the producer's counter of a data record; false if the record is a repetition or late and must be dropped. A record behind a gap must be added next.</summary>
    public bool TryAdvance(StreamId stream, long seq)
    {
        if (!_marks.TryAdvance(stream, seq, out long gap))
        {
            if (_marks.IsLate(stream, seq)) Late++;
            else Duplicates++;
            return false;
        }
        Missing += gap;
        if (gap > 0 && resetsOnGap) AddReset(stream);
        return true;
    }

    /// <summary>Forgets the payload that was begun, because the record is refused or dropped.</summary>
    public void Abandon() => _spare?.Clear();

    /// <summary>Writes the frames to the channel, waiting where it is full.</summary>
    /// <exception cref="ChannelClosedException">Nobody takes frames any more.</exception>
    public ValueTask SendAsync(CancellationToken cancellation)
    {
        Span<Frame> frames = CollectionsMarshal.AsSpan(_frames);
        for (int i = 0; i < frames.Length; i++)
        {
            if (!context.Frames.TryWrite(frames[i])) return WaitAndSendAsync(i, cancellation);
        }
        _frames.Clear();
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends every open sequence, in the order in which the streams appeared, unless streams outlive the source.</summary>
    public async ValueTask EndAllAsync(CancellationToken cancellation)
    {
        if (!context.EndsStreams) return;
        for (int from = 0; _marks.TryFindOpen(from, out StreamId stream); from = stream.Index + 1)
        {
            AddControl(stream, FrameKind.End);
            await SendAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The reset and the record behind it are one message: neither is stored without the other.</summary>
    private void AddReset(StreamId stream)
    {
        _frames.Add(new Frame { Stream = stream, Kind = FrameKind.Reset, Position = Position, Time = double.NaN, Receipt = Frame.Unfinished });
        Resets++;
    }

    private async ValueTask WaitAndSendAsync(int from, CancellationToken cancellation)
    {
        for (int i = from; i < _frames.Count; i++) await context.Frames.WriteAsync(_frames[i], cancellation).ConfigureAwait(false);
        _frames.Clear();
    }
}
