namespace SeqStream.Pipeline;

/// <summary>What happens to the memory of live streams when the model is changed under them.</summary>
public enum SwapPolicy
{
    /// <summary>It goes on in the new model, which must have the same state fields: new weights of the same model.</summary>
    Carry,
    /// <summary>It is built anew: the new model steps the stream's last frames (<see cref="EngineOptions.KeptFrames"/>) without an answer.</summary>
    Replay,
    /// <summary>It stays: sequences that have begun end on the old model, those that begin are the new one's.</summary>
    Drain,
}
