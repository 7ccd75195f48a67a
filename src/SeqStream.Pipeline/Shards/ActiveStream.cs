using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>What a stream needs while frames wait or its front end or decoder remembers something. Reused for other streams.</summary>
internal sealed class ActiveStream(int index)
{
    public readonly int Index = index;
    public IFrontEnd? FrontEnd;
    public IDecoder? Decoder;
    public FrameQueue Frames;
    public StreamPhase Phase;
}
