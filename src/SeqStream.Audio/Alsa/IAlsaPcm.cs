namespace SeqStream.Audio.Alsa;

/// <summary>One capture handle of ALSA, call by call: everything answers 0 or a count, or a negated error number. Tests put a scripted device here.</summary>
internal interface IAlsaPcm : IDisposable
{
    int Open(string device);

    /// <summary>Interleaved access in exactly this format, with a buffer and a time between two wakings near those given.</summary>
    int SetParameters(AlsaSettings settings, TimeSpan buffer, TimeSpan period);

    int Start();

    /// <summary>1 if sample frames are waiting, 0 if none came in time.</summary>
    int Wait(TimeSpan limit);

    /// <summary>Sample frames read.</summary>
    int Read(Span<byte> bytes, int frames);

    /// <summary>Sample frames captured and not yet read.</summary>
    long Available();

    /// <summary>Makes the device ready to start after an overrun or a sleep.</summary>
    int Recover(int error);

    string Describe(int error);
}
