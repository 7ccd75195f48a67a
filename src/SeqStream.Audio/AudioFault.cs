namespace SeqStream.Audio;

/// <summary>Whose fault a failed source is; commands map it to an exit code.</summary>
public enum AudioFault
{
    /// <summary>The bytes are not what was promised (exit code 65).</summary>
    BadData,
    /// <summary>The device, library or command cannot be had, or failed (exit code 69).</summary>
    Unavailable,
    /// <summary>The source was described wrongly (exit code 78).</summary>
    Configuration,
}
