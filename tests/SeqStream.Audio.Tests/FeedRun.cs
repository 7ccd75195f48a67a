using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Audio;

/// <summary>Reads a feed to its end and keeps what it gave.</summary>
internal sealed class FeedRun : IFaultReporter
{
    public List<FrameKind> Kinds { get; } = [];

    public List<double> Times { get; } = [];

    public List<long> Positions { get; } = [];

    /// <summary>The samples of all frames, one after the other.</summary>
    public List<float> Samples { get; } = [];

    public List<RecordFault> Faults { get; } = [];

    public static async Task<FeedRun> OfAsync(AudioFeed feed, CancellationToken cancellation = default)
    {
        FeedRun run = new();
        Channel<Frame> channel = Channel.CreateBounded<Frame>(2);
        PayloadPool payloads = new();
        StepSignature signature = new("test", 1, [], [], new StateLayout([]));
        Task reading = CompleteAfter(feed.ReadAsync(new FeedContext(channel.Writer, new StreamDirectory(), payloads, run, signature), cancellation), channel.Writer);
        await foreach (Frame frame in channel.Reader.ReadAllAsync(CancellationToken.None))
        {
            run.Kinds.Add(frame.Kind);
            run.Times.Add(frame.Time);
            run.Positions.Add(frame.Position);
            if (frame.Payload is null) continue;
            run.Samples.AddRange(frame.Payload.Values(frame.Payload.Segment(0)));
            payloads.Return(frame.Payload);
        }
        await reading;
        return run;
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
}
