using System.Globalization;

namespace SeqStream.Fuzzing;

/// <summary>How much the process has grown at its largest since a moment, as Linux counts it; 0 elsewhere.</summary>
internal static class PeakMemory
{
    private static long s_before;

    public static void Begin()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");    // resets the peak
        }
        catch (IOException)
        {
        }
        catch (UnauthorizedAccessException)
        {
        }
        s_before = Read("VmRSS:");
    }

    public static long Growth() => OperatingSystem.IsLinux() ? Read("VmHWM:") - s_before : 0;

    private static long Read(string key)
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith(key, StringComparison.Ordinal)) return long.Parse(line.AsSpan(key.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        return 0;
    }
}
