namespace SeqStream.Contracts;

/// <summary>What a front end says of a frame: taken, or refused whole with the reason. A refused frame leaves no trace in the front end's state.</summary>
public readonly struct FrameVerdict
{
    private FrameVerdict(string? problem) => Problem = problem;

    /// <summary>The frame was taken.</summary>
    public static FrameVerdict Accepted => default;

    /// <summary>What was found, what was expected and what to do; null if the frame was taken.</summary>
    public string? Problem { get; }

    /// <summary>True if the frame was taken.</summary>
    public bool IsAccepted => Problem is null;

    /// <summary>Refuses the frame.</summary>
    public static FrameVerdict Refused(string problem) => new(problem);
}
