namespace SeqStream.Feeds;

/// <summary>Tells a reader that went away from other failures to write.</summary>
public static class BrokenPipe
{
    private const int UnixEpipe = 32;
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsNoData = unchecked((int)0x800700E8);

    /// <summary>True if nobody reads the pipe any more.</summary>
    public static bool Is(IOException problem)
        => OperatingSystem.IsWindows() ? problem.HResult is WindowsBrokenPipe or WindowsNoData : problem.HResult == UnixEpipe;
}
