using SeqStream.State;

namespace SeqStream.Contracts;

/// <summary>
/// Turns the frames of one stream into the inputs of its steps; one instance per stream, with its own small memory.
/// Called by one thread at a time, in this order: <see cref="Accept"/> or <see cref="End"/>, then <see cref="TryNext"/> until it answers false.
/// Allocates nothing once its buffers have grown.
/// </summary>
public interface IFrontEnd
{
    /// <summary>True while nothing is remembered, so that the instance may serve another stream. A shard lends idle front ends, and those that were reset, to whoever needs one next.</summary>
    bool IsIdle => false;

    /// <summary>Takes a data frame, or refuses it whole and stays as it was. The payload is the caller's again on return.</summary>
    FrameVerdict Accept(FramePayload payload, double time);

    /// <summary>Writes the inputs of the next step, or answers false if it needs another frame.</summary>
    bool TryNext(StepInputs inputs, ref StepNote note);

    /// <summary>No more frames belong to this sequence: what waited for look-ahead becomes ready.</summary>
    void End();

    /// <summary>Forgets everything.</summary>
    void Reset();

    /// <summary>Writes everything that is remembered, so that an instance with the same options goes on from it bit for bit. Called between an <see cref="Accept"/> and the next, whatever waits included.</summary>
    void Save(StateWriter writer);

    /// <summary>Replaces what is remembered by what <see cref="Save"/> wrote for the same options. After an exception call <see cref="Reset"/>.</summary>
    /// <exception cref="StateSnapshotException">The bytes end early or do not fit the options.</exception>
    void Restore(ref StateReader reader);
}
