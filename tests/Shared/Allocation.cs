namespace SeqStream.TestSupport;

/// <summary>
/// Bytes of managed memory that one thread takes. The runtime counts the unused rest of a thread's allocation block (up to 8 KiB)
/// as taken when any thread collects garbage, so a try in which a collection fell says nothing and is made again.
/// </summary>
internal static class Allocation
{
    private const int Tries = 20;

    /// <summary>
    /// Bytes that a call of <paramref name="action"/> takes from the calling thread, again and again: the least of up to 20 calls, so that what the run time prepares once is not counted. Mostly it is called once.
    /// </summary>
    public static long Of(Action action)
    {
        long least = long.MaxValue;
        for (int attempt = 0; attempt < Tries && least > 0; attempt++)
        {
            TryOf(action, out long bytes);
            least = Math.Min(least, bytes);
        }
        return least;
    }

    /// <summary>Calls <paramref name="action"/> once; false where a collection fell into the call, so that <paramref name="bytes"/> may be too many.</summary>
    public static bool TryOf(Action action, out long bytes)
    {
        int collections = GC.CollectionCount(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return collections == GC.CollectionCount(0);
    }
}
