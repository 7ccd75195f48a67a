namespace SeqStream.Contracts;

/// <summary>Gets the receipts of frames back.</summary>
public interface IReceiptTaker
{
    /// <summary>
    /// Says that frames need not come again: what they changed is stored, or, where nothing is stored, all that they led to is on its way to the sink.
    /// Any thread; in any order; allocates nothing. A receipt of a session that is over is ignored.
    /// </summary>
    /// <param name="receipts">The <see cref="Frame.Receipt"/> of each.</param>
    void Acknowledge(ReadOnlySpan<long> receipts);
}
