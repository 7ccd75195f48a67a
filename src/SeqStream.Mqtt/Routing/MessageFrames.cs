using System.Runtime.InteropServices;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Mqtt.Payloads;

namespace SeqStream.Mqtt.Routing;

/// <summary>Turns messages into frames and sends them to the channel: what every feed beside a broker does. A message that turns out bad takes its frames back whole. One thread at a time.</summary>
/// <param name="context">Where frames and faults go.</param>
/// <param name="source">The source as people name it.</param>
/// <param name="pattern">How topics name streams.</param>
/// <param name="decoder">How payloads are read.</param>
public sealed class MessageFrames(FeedContext context, string source, TopicPattern pattern, IPayloadDecoder decoder) : IRecordBuilder
{
    private readonly List<Frame> _frames = [];
    private readonly byte[] _name = new byte[StreamDirectory.MaxNameBytes];
    private FramePayload? _spare;
    private int _nameLength;
    private bool _isNamed;

    /// <summary>The message's number, from 1 in order of arrival.</summary>
    public long Position { get; private set; }

    /// <inheritdoc/>
    public StepSignature Signature => context.Signature;

    /// <inheritdoc/>
    public FramePayload Payload => _spare ??= context.Payloads.Rent();

    /// <summary>Reads a message. One that is refused is reported and leaves no frame.</summary>
    /// <param name="position">Its number, from 1 in order of arrival.</param>
    /// <param name="topic">Its topic in UTF-8.</param>
    /// <param name="message">Its content.</param>
    [HotPath]
    public void Read(long position, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message)
    {
        Position = position;
        _isNamed = pattern.NamesStreams;
        string? problem = pattern.TryMatch(topic, _name, out _nameLength)
            ? decoder.Decode(topic, message, this)
            : $"pattern '{pattern}' does not select the topic, or the stream's name in it is longer than {StreamDirectory.MaxNameBytes} bytes.";
        if (problem is null) return;
        Abandon();
        context.Faults.Report(new RecordFault(source, position, $"topic '{Encoding.UTF8.GetString(topic)}': {problem}") { Record = RecordFault.Copy(message) });
    }

    /// <inheritdoc/>
    public void SetStream(ReadOnlySpan<byte> utf8Name)
    {
        if (_isNamed) return;
        utf8Name.CopyTo(_name);
        _nameLength = utf8Name.Length;
    }

    /// <inheritdoc/>
    [HotPath]
    public void AddPayload(double time = double.NaN, long seq = -1)
    {
        _frames.Add(new Frame { Stream = Stream(), Kind = FrameKind.Data, Position = Position, Time = time, Seq = seq, Payload = Payload });
        _spare = null;
    }

    /// <inheritdoc/>
    public void AddControl(FrameKind kind, double time = double.NaN)
    {
        _frames.Add(new Frame { Stream = Stream(), Kind = kind, Position = Position, Time = time });
    }

    /// <summary>Takes back what the message has added, because it is refused.</summary>
    private void Abandon()
    {
        foreach (Frame frame in _frames)
        {
            if (frame.Payload is not null) context.Payloads.Return(frame.Payload);
        }
        _frames.Clear();
        _spare?.Clear();
    }

    /// <summary>Writes the frames to the channel, waiting where it is full.</summary>
    /// <param name="receipt">What comes back when the message need not come again; it goes with the last frame, as all of a message's frames are of one stream. 0 for none.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if there was no frame to carry the receipt.</returns>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">Nobody takes frames any more.</exception>
    [HotPath]
    public ValueTask<bool> SendAsync(long receipt, CancellationToken cancellation)
    {
        Span<Frame> frames = CollectionsMarshal.AsSpan(_frames);
        if (frames.IsEmpty) return new ValueTask<bool>(false);
        if (receipt != 0)
        {
            foreach (ref Frame frame in frames[..^1]) frame.Receipt = Frame.Unfinished;
            frames[^1].Receipt = receipt;
        }
        for (int i = 0; i < frames.Length; i++)
        {
            if (!context.Frames.TryWrite(frames[i])) return WaitAndSendAsync(i, cancellation);
        }
        _frames.Clear();
        return new ValueTask<bool>(true);
    }

    private StreamId Stream() => context.Streams.Intern(_name.AsSpan(0, _nameLength));

    private async ValueTask<bool> WaitAndSendAsync(int from, CancellationToken cancellation)
    {
        for (int i = from; i < _frames.Count; i++) await context.Frames.WriteAsync(_frames[i], cancellation).ConfigureAwait(false);
        _frames.Clear();
        return true;
    }
}
