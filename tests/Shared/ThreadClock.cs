using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SeqStream.TestSupport;

/// <summary>Processor time of the current thread, which does not depend on what else the machine is doing; elapsed time where the system has no such clock.</summary>
internal static partial class ThreadClock
{
    private const int ThreadTime = 3;

    public static double Seconds()
    {
        if (!OperatingSystem.IsLinux() || clock_gettime(ThreadTime, out Moment moment) != 0) return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        return moment.Seconds + (moment.Nanoseconds * 1e-9);
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out Moment moment);

    private struct Moment
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
