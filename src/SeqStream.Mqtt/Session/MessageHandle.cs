namespace SeqStream.Mqtt.Session;

/// <summary>Stands for a received message until it is acknowledged. A handle that is not valid any more (its session is lost, it was acknowledged) is ignored.</summary>
/// <param name="Sequence">Counts the messages of this client, from 1, in order of arrival.</param>
public readonly record struct MessageHandle(long Sequence)
{
    /// <summary>Place in the ledger; -1 for QoS 0, which is not acknowledged.</summary>
    internal int Slot { get; init; } = -1;

    /// <summary>True if the broker waits for an acknowledgement.</summary>
    public bool NeedsAcknowledgement => Slot >= 0;

    /// <summary>The handle as one number, to travel with frames and checkpoints; 0 if nothing is to be acknowledged.</summary>
    public long Receipt => NeedsAcknowledgement ? Sequence << 16 | (long)Slot : 0;

    /// <summary>The handle that a receipt stands for.</summary>
    public static MessageHandle FromReceipt(long receipt) => receipt == 0 ? default : new MessageHandle(receipt >> 16) { Slot = (int)(receipt & 0xFFFF) };
}
