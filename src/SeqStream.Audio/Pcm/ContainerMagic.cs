namespace SeqStream.Audio.Pcm;

/// <summary>Recognises files that are often piped by mistake where plain samples are expected.</summary>
internal static class ContainerMagic
{
    /// <summary>Bytes that are looked at.</summary>
    public const int Length = 4;

    private const string Decode = "Decode it first: ffmpeg -nostdin -loglevel error -i FILE -f s16le -ac 1 -ar 16000 -.";

    /// <summary>What the bytes begin, and what to do; null if they may be samples.</summary>
    public static (string Found, string Remedy)? Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("RIFF"u8) || bytes.StartsWith("RF64"u8)) return ("a WAV file", "Read it as wav (--in wav), or cut the header off.");
        if (bytes.StartsWith("fLaC"u8)) return ("a FLAC file", Decode);
        if (bytes.StartsWith("OggS"u8)) return ("an Ogg file", Decode);
        if (bytes.StartsWith("FORM"u8)) return ("an AIFF file", Decode);
        if (bytes.StartsWith("ID3"u8)) return ("an MP3 file", Decode);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3])) return ("a WebM or Matroska file", Decode);
        return null;
    }
}
