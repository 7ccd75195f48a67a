namespace SeqStream.Cli;

/// <summary>What the process answers to its caller. Scripts rely on the numbers; those from 65 on are those of sysexits.h.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int BadData = 65;
    public const int NoInput = 66;
    public const int Unavailable = 69;
    public const int Configuration = 78;

    /// <summary>Added to a signal's number when the process ends because of it.</summary>
    public const int SignalBase = 128;
}
