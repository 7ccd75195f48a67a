using System.Runtime.InteropServices;
using System.Threading.Channels;
using SeqStream.Contracts;

namespace SeqStream.Feeds.Reading;

/// <summary>The frames of one record on their way to the channel. A record that turns out bad takes its frames back whole.</summary>
/// <param name="context">Where frames go.</param>
internal sealed class RecordFrames(FeedContext context)
{
    private readonly List<Frame> _frames = [];
    private readonly StreamMarks _marks = new();
    private FramePayload? _spare;

    /// <summary>Counted place of the record in the source, from 1.</summary>
    public long Position { get; set; }

    /// <summary>The model's ports.</summary>
    public StepSignature Signature => context.Signature;

    /// <summary>An empty payload for this record; the same one until it is added.</summary>
    public FramePayload Payload => _spare ??= context.Payloads.Rent();

    /// <summary>The stream of a name.</summary>
    public StreamId Stream(ReadOnlySpan<byte> name) => context.Streams.Intern(name);

    /// <summary>Adds the payload as a data frame.</summary>
    public void AddPayload(StreamId stream, double time = double.NaN, long seq = -1)
    {
        _frames.Add(new Frame { Stream = stream, Kind = FrameKind.Data, Position = Position, Time = time, Seq = seq, Payload = _spare });
        _spare = null;
        _marks.SetOpen(stream, true);
    }

    /// <summary>Adds a control item.</summary>
    public void AddControl(StreamId stream, FrameKind kind, double time = double.NaN)
    {
        _frames.Add(new Frame { Stream = stream, Kind = kind, Position = Position, Time = time });
        _marks.SetOpen(stream, kind == FrameKind.Start);
    }

    /// <summary>Forgets the payload that was begun, because the record is refused.</summary>
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

    private async ValueTask WaitAndSendAsync(int from, CancellationToken cancellation)
    {
        for (int i = from; i < _frames.Count; i++) await context.Frames.WriteAsync(_frames[i], cancellation).ConfigureAwait(false);
        _frames.Clear();
    }
}
