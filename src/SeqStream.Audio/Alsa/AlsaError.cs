namespace SeqStream.Audio.Alsa;

/// <summary>Linux's error numbers as ALSA returns them, negated.</summary>
internal static class AlsaError
{
    public const int Interrupted = -4;
    public const int TryAgain = -11;
    public const int NoDevice = -19;
    public const int Invalid = -22;
    /// <summary>-EPIPE: the buffer ran over.</summary>
    public const int Overrun = -32;
    /// <summary>-ESTRPIPE: the machine or the device slept.</summary>
    public const int Suspended = -86;
}
