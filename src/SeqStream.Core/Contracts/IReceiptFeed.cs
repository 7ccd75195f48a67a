namespace SeqStream.Contracts;

/// <summary>
/// A feed whose source sends again what was not acknowledged. A frame with a <see cref="Frame.Receipt"/> (of several frames of one message: the last) is acknowledged when
/// its receipt comes back; a source may stop sending while too many are out.
/// </summary>
public interface IReceiptFeed : IFrameFeed, IReceiptTaker
{
    /// <summary>Takes over what a former process stored. Once, before reading.</summary>
    /// <param name="items">Keys and values of <see cref="Describe"/>, all that are stored.</param>
    void Restore(IEnumerable<KeyValuePair<string, byte[]>> items);

    /// <summary>
    /// Tells what must be stored in the same transaction as the changes of some frames, so that the source's repetitions of them are recognised after a restart. Any thread;
    /// one at a time; call it before <see cref="IReceiptTaker.Acknowledge"/>.
    /// </summary>
    /// <param name="receipts">Receipts of frames whose changes are about to be stored; may be empty.</param>
    /// <param name="items">Gets keys with their values; null removes a key.</param>
    void Describe(ReadOnlySpan<long> receipts, ICollection<KeyValuePair<string, byte[]?>> items);
}
