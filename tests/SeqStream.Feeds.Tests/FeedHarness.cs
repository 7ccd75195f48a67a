using System.Collections.Immutable;
using System.Text;
using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Feeds.Tests;

/// <summary>Reads a feed to its end and keeps what it gave, written out for comparison: <c>stream kind@position payload</c>.</summary>
internal sealed class FeedHarness : IFaultReporter
{
    private readonly StepSignature _signature;

    public FeedHarness(params StepPort[] inputs)
        => _signature = new StepSignature("test", 1, inputs.Length > 0 ? [.. inputs] : [Floats("x", 2)], [], new StateLayout([]));

    public StepSignature Signature => _signature;

    public List<string> Frames { get; } = [];

    public List<RecordFault> Faults { get; } = [];

    public static StepPort Floats(string name, int count) => new(name, ElementType.Float32, new TensorShape(count));

    public static StepPort Integers(string name, int count) => new(name, ElementType.Int64, new TensorShape(count));

    public static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    public async Task ReadAsync(IFrameFeed feed)
    {
        Channel<Frame> channel = Channel.CreateBounded<Frame>(2);
        StreamDirectory streams = new();
        PayloadPool payloads = new();
        Task reading = CompleteAfter(feed.ReadAsync(new FeedContext(channel.Writer, streams, payloads, this, _signature), CancellationToken.None), channel.Writer);
        await foreach (Frame frame in channel.Reader.ReadAllAsync())
        {
            Frames.Add(Describe(frame, streams));
            if (frame.Payload is not null) payloads.Return(frame.Payload);
        }
        await reading;
    }

    public void Report(in RecordFault fault) => Faults.Add(fault);

    private static async Task CompleteAfter(Task reading, ChannelWriter<Frame> frames)
    {
        try
        {
            await reading;
        }
        finally
        {
            frames.Complete();
        }
    }

    private static string Describe(Frame frame, StreamDirectory streams)
    {
        StringBuilder text = new();
        text.Append(Invariant($"{streams.Name(frame.Stream)} {frame.Kind}@{frame.Position}"));
        if (!double.IsNaN(frame.Time)) text.Append(Invariant($" t={frame.Time}"));
        if (frame.Seq >= 0) text.Append(Invariant($" #{frame.Seq}"));
        if (frame.Payload is not { } payload) return text.ToString();
        if (payload.Content != FrameContent.Values) text.Append(Invariant($" {payload.Content} '{Encoding.UTF8.GetString(payload.Text)}'"));
        for (int i = 0; i < payload.SegmentCount; i++)
        {
            PayloadSegment segment = payload.Segment(i);
            IEnumerable<string> numbers = segment.IsInteger
                ? payload.Integers(segment).ToArray().Select(static n => Invariant($"{n}"))
                : payload.Values(segment).ToArray().Select(static n => Invariant($"{n}"));
            text.Append(Invariant($" {segment.Port}:[{string.Join(",", numbers)}]"));
        }
        if (payload.Echo.Length > 0) text.Append(Invariant($" echo {Encoding.UTF8.GetString(payload.Echo)}"));
        return text.ToString();
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
