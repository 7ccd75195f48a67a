using SeqStream.Contracts;
using SeqStream.Execution;

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
    public HeldFrames? Held;
    public GapFill? Fill;
    public StreamPhase Phase;
    public long Receipt;   // of the frame taken last; 0 if nothing is to be given back

    /// <summary>True if the engine, not a frame, asks for the sequence's end.</summary>
    public bool IsToEnd;

    /// <summary>Why the sequence ends.</summary>
    public EndReason Reason;

    /// <summary>True if the frame taken last was one of several of a message whose last one has not come.</summary>
    public bool IsInsideMessage;

    /// <summary>True if frames wait for others before them.</summary>
    public bool Holds => Held is { Count: > 0 };

    /// <summary>Writes the inputs of the next step: what follows from the decoder's last choice, else what the front end has. False if there is nothing.</summary>
    [HotPath]
    public bool TryNext(StepInputs inputs, ref StepNote note)
        => (Decoder is IFeedbackDecoder feedback && feedback.TryNext(inputs, ref note)) || (FrontEnd is not null && FrontEnd.TryNext(inputs, ref note));

    /// <summary>Keeps what a frame passes through until the next frame is taken.</summary>
    public void Keep(FramePayload payload) => Latest.Set(0, new StepNote { Time = double.NaN }, payload.Echo, payload.HasNames);
}
