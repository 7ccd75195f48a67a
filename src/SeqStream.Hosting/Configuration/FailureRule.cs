namespace SeqStream.Hosting.Configuration;

/// <summary>What happens when a route that was up fails.</summary>
public enum FailureRule
{
    /// <summary>It starts again, after pauses that grow.</summary>
    Restart,
    /// <summary>The daemon ends with an exit code that is not 0.</summary>
    Stop,
}
