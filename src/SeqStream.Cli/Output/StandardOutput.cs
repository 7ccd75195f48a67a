using Microsoft.Win32.SafeHandles;

namespace SeqStream.Cli.Output;

/// <summary>Standard output as a stream of bytes that reports a reader that went away.</summary>
internal static class StandardOutput
{
    private const int UnixHandle = 1;

    /// <summary>Opens it. Closing the stream leaves the process's handle open.</summary>
    /// <remarks>The console's own stream hides a broken pipe on Unix, and a file stream would not share the position of a regular file with others that write to it.</remarks>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        FileStream stream = new(new SafeFileHandle(UnixHandle, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }
}
