using SeqStream.Contracts;

namespace SeqStream.Pipeline;

/// <summary>Makes what is different for every model but the same for all its streams.</summary>
/// <param name="Executors">The model's executors; one is made for each shard.</param>
/// <param name="CreateFrontEnd">A front end in its first state. Called on shard threads.</param>
/// <param name="CreateDecoder">A decoder in its first state. Called on shard threads.</param>
public sealed record StageFactory(IExecutorFactory Executors, Func<IFrontEnd> CreateFrontEnd, Func<IDecoder> CreateDecoder)
{
    /// <summary>What the model's steps mean in time; null (the default) if every frame is a step and is answered at once.</summary>
    public StreamTiming? Timing { get; init; }

    /// <summary>What a frame takes and answers: what front ends write and decoders read.</summary>
    public StepSignature Signature => Timing?.FrameOf(Executors.Signature) ?? Executors.Signature;
}
