namespace SeqStream.Audio;

/// <summary>A source of samples cannot be opened or read on. The message says what was found, where, what was expected and what to do.</summary>
public sealed class AudioException : IOException
{
    /// <summary>Creates the exception.</summary>
    public AudioException(AudioFault fault, string message) : base(message) => Fault = fault;

    /// <summary>Creates the exception with its cause.</summary>
    public AudioException(AudioFault fault, string message, Exception cause) : base(message, cause) => Fault = fault;

    /// <summary>Whose fault it is.</summary>
    public AudioFault Fault { get; }
}
