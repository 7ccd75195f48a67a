namespace SeqStream.Pipeline;

/// <summary>What happens to a frame that comes after its turn was given up.</summary>
public enum LatePolicy
{
    /// <summary>It is dropped and counted.</summary>
    Drop,
    /// <summary>It is stepped when it comes, out of order, and counted.</summary>
    Accept,
}
