namespace SeqStream.Contracts;

/// <summary>Waits at one place among the emissions for everything before it to be delivered.</summary>
public interface IDeliveryBarrier
{
    /// <summary>
    /// Everything before the barrier has left for good: written and flushed, or acknowledged by the receiver. Called once by the sink, on any thread and in any order; does not block.
    /// A sink that ends early calls it for no barrier that it has not reached.
    /// </summary>
    void Reached();
}
