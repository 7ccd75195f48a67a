using SeqStream.Contracts;

namespace SeqStream.Pipeline;

/// <summary>Makes what is different for every model but the same for all its streams.</summary>
/// <param name="Executors">The model's executors; one is made for each shard.</param>
/// <param name="CreateFrontEnd">A front end in its first state. Called on shard threads.</param>
/// <param name="CreateDecoder">A decoder in its first state. Called on shard threads.</param>
public sealed record StageFactory(IExecutorFactory Executors, Func<IFrontEnd> CreateFrontEnd, Func<IDecoder> CreateDecoder);
