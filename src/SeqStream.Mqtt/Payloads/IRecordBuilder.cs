using SeqStream.Contracts;

namespace SeqStream.Mqtt.Payloads;

/// <summary>Takes the records of one message.</summary>
public interface IRecordBuilder
{
    /// <summary>The model's ports.</summary>
    StepSignature Signature { get; }

    /// <summary>An empty payload for the next record; the same one until it is added.</summary>
    FramePayload Payload { get; }

    /// <summary>Names the stream of the records that follow, where the topic does not.</summary>
    void SetStream(ReadOnlySpan<byte> utf8Name);

    /// <summary>Adds the payload as a record.</summary>
    /// <param name="time">Measured time in seconds, NaN if unknown.</param>
    /// <param name="seq">The producer's counter, negative if there is none.</param>
    void AddPayload(double time = double.NaN, long seq = -1);

    /// <summary>Adds a control item.</summary>
    void AddControl(FrameKind kind, double time = double.NaN);
}
