namespace SeqStream.Audio.Samples;

/// <summary>Names and sizes of encodings.</summary>
public static class SampleEncodings
{
    /// <summary>ffmpeg's names, in the order of <see cref="SampleEncoding"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["s16le", "s24le", "s32le", "u8", "f32le", "f64le", "mulaw", "alaw"];

    /// <summary>ALSA's names, in the order of <see cref="SampleEncoding"/>.</summary>
    public static IReadOnlyList<string> AlsaNames { get; } = ["S16_LE", "S24_3LE", "S32_LE", "U8", "FLOAT_LE", "FLOAT64_LE", "MU_LAW", "A_LAW"];

    /// <summary>Bytes of one sample.</summary>
    public static int ByteSize(this SampleEncoding encoding) => encoding switch
    {
        SampleEncoding.S16 => 2,
        SampleEncoding.S24 => 3,
        SampleEncoding.S32 or SampleEncoding.F32 => 4,
        SampleEncoding.F64 => 8,
        _ => 1,
    };

    /// <summary>True if a sample can be something that is no number.</summary>
    public static bool IsFloat(this SampleEncoding encoding) => encoding is SampleEncoding.F32 or SampleEncoding.F64;

    /// <summary>ffmpeg's name.</summary>
    public static string Name(this SampleEncoding encoding) => Names[(int)encoding];

    /// <summary>Finds an encoding by ffmpeg's or ALSA's name, in any case.</summary>
    public static bool TryParse(string name, out SampleEncoding encoding)
    {
        ArgumentNullException.ThrowIfNull(name);
        encoding = default;
        for (int i = 0; i < Names.Count; i++)
        {
            if (!name.Equals(Names[i], StringComparison.OrdinalIgnoreCase) && !name.Equals(AlsaNames[i], StringComparison.OrdinalIgnoreCase)) continue;
            encoding = (SampleEncoding)i;
            return true;
        }
        return false;
    }

    /// <summary>The encoding of a name.</summary>
    /// <exception cref="AudioException">The name is not known.</exception>
    public static SampleEncoding Parse(string name) => TryParse(name, out SampleEncoding encoding) ? encoding : throw AudioThrow.UnknownEncoding(name);
}
