using SeqStream.State;

namespace SeqStream.Contracts;

/// <summary>
/// Turns the step outputs of one stream into emissions; one instance per stream, with its own small memory. Called by one thread at a time.
/// Allocates nothing once its buffers have grown.
/// </summary>
public interface IDecoder
{
    /// <summary>True while nothing is remembered, so that the instance may serve another stream, as it may after <see cref="Reset"/>.</summary>
    bool IsIdle => false;

    /// <summary>Takes the outputs of one step and emits what is settled by now.</summary>
    void Accept(in StepResult result, IEmissionWriter emissions);

    /// <summary>The sequence is complete: emits what was held back. The end itself is announced by the caller.</summary>
    void End(IEmissionWriter emissions);

    /// <summary>Forgets everything, emitting nothing.</summary>
    void Reset();

    /// <summary>Writes everything that is remembered, so that an instance with the same options goes on from it bit for bit. Called between an <see cref="Accept"/> and the next, whatever waits included.</summary>
    void Save(StateWriter writer);

    /// <summary>Replaces what is remembered by what <see cref="Save"/> wrote for the same options. After an exception call <see cref="Reset"/>.</summary>
    /// <exception cref="StateSnapshotException">The bytes end early or do not fit the options.</exception>
    void Restore(ref StateReader reader);
}
