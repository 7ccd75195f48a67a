namespace SeqStream.Cli.Output;

/// <summary>What the process's outputs can show.</summary>
internal static class Terminal
{
    /// <summary>True if stdout is a terminal that may be drawn on: NO_COLOR is not set and the terminal is not dumb.</summary>
    public static bool HasRichOutput => !Console.IsOutputRedirected && IsAllowed;

    /// <summary>True if progress may be shown on stderr.</summary>
    public static bool HasProgress => !Console.IsErrorRedirected && IsAllowed;

    private static bool IsAllowed => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
}
