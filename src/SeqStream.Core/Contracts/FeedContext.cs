using System.Threading.Channels;

namespace SeqStream.Contracts;

/// <summary>What a feed is given to work with.</summary>
/// <param name="Frames">Where frames go; waits when the shard is behind.</param>
/// <param name="Streams">Names to ids.</param>
/// <param name="Payloads">Payloads to fill.</param>
/// <param name="Faults">Told of refused records.</param>
/// <param name="Signature">The model's ports, to place values by input name and type.</param>
public sealed record FeedContext(ChannelWriter<Frame> Frames, StreamDirectory Streams, PayloadPool Payloads, IFaultReporter Faults, StepSignature Signature)
{
    /// <summary>True (the default) if streams end with the source; false where they are kept for the next run and end only when a record says so.</summary>
    public bool EndsStreams { get; init; } = true;
}
