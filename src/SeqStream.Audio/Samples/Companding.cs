namespace SeqStream.Audio.Samples;

/// <summary>The 256 values of mu-law and A-law bytes, computed from the definition in ITU-T G.711, scaled so that 1 is 32768 in 16 bits.</summary>
internal static class Companding
{
    public static readonly float[] MuLaw = Table(MuLawValue); // [byte]
    public static readonly float[] ALaw = Table(ALawValue);   // [byte]

    private static float[] Table(Func<int, int> valueOf)
    {
        float[] table = new float[256];
        for (int i = 0; i < table.Length; i++) table[i] = valueOf(i) / 32768f;
        return table;
    }

    /// <summary>Bits are inverted: sign, exponent (3), mantissa (4); the bias of 33 steps of 4 makes the segments meet.</summary>
    private static int MuLawValue(int code)
    {
        int bits = ~code & 0xFF;
        int magnitude = ((((bits & 0x0F) << 3) + 0x84) << (bits >> 4 & 7)) - 0x84;
        return (bits & 0x80) != 0 ? -magnitude : magnitude;
    }

    /// <summary>Even bits are inverted: sign (1 is positive), exponent (3), mantissa (4); the lowest segment is linear.</summary>
    private static int ALawValue(int code)
    {
        int bits = code ^ 0x55;
        int exponent = bits >> 4 & 7;
        int mantissa = (bits & 0x0F) << 4;
        int magnitude = exponent == 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1);
        return (bits & 0x80) != 0 ? magnitude : -magnitude;
    }
}
