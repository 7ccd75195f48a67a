namespace SeqStream.Audio.Samples;

/// <summary>How a sample is written; numbers are little-endian.</summary>
public enum SampleEncoding
{
    /// <summary>16 bit signed.</summary>
    S16,
    /// <summary>24 bit signed in three bytes.</summary>
    S24,
    /// <summary>32 bit signed.</summary>
    S32,
    /// <summary>8 bit unsigned, silence at 128.</summary>
    U8,
    /// <summary>32 bit float.</summary>
    F32,
    /// <summary>64 bit float.</summary>
    F64,
    /// <summary>8 bit mu-law (ITU-T G.711).</summary>
    MuLaw,
    /// <summary>8 bit A-law (ITU-T G.711).</summary>
    ALaw,
}
