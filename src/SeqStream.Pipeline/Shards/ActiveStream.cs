using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>What a stream needs while frames wait, answers lag, or its front end or decoder remembers something. Reused for other streams.</summary>
internal sealed class ActiveStream(int index)
{
    public readonly int Index = index;
    public readonly FrameNotes Notes = new();
    public readonly FrameNote Latest = new();
    public IFrontEnd? FrontEnd;
    public IDecoder? Decoder;
    public FrameQueue Frames;
    public StreamPhase Phase;
    public long Receipt;   // of the frame taken last; 0 if nothing is to be given back

    /// <summary>True if the frame taken last was one of several of a message whose last one has not come.</summary>
    public bool IsInsideMessage;

    /// <summary>Keeps what a frame passes through until the next frame is taken.</summary>
    public void Keep(FramePayload payload) => Latest.Set(0, new StepNote { Time = double.NaN }, payload.Echo, payload.HasNames);
}
