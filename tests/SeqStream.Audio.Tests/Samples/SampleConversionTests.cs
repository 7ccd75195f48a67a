using SeqStream.TestSupport;
using System.Runtime.InteropServices;

namespace SeqStream.Audio.Samples;

public sealed class SampleConversionTests
{
    public static TheoryData<SampleEncoding> Encodings() => [.. Enum.GetValues<SampleEncoding>()];

    /// <summary>Against plain arithmetic, for lengths around every vector's width.</summary>
    [Theory]
    [MemberData(nameof(Encodings))]
    public void Any_length_equals_the_definition(SampleEncoding encoding)
    {
        byte[] bytes = new byte[70 * encoding.ByteSize()];
        new Random(5).NextBytes(bytes);
        for (int count = 0; count <= 70; count++)
        {
            float[] found = new float[count];
            SampleConversion.ToFloat(encoding, bytes, found);
            for (int i = 0; i < count; i++) Assert.Equal(Defined(encoding, bytes.AsSpan(i * encoding.ByteSize())), found[i]);
        }
    }

    [Theory]
    [InlineData(SampleEncoding.S16, new byte[] { 0, 0x80 }, -1f)]
    [InlineData(SampleEncoding.S16, new byte[] { 0xFF, 0x7F }, 32767 / 32768f)]
    [InlineData(SampleEncoding.S24, new byte[] { 0, 0, 0x80 }, -1f)]
    [InlineData(SampleEncoding.S24, new byte[] { 1, 0, 0 }, 1 / 8388608f)]
    [InlineData(SampleEncoding.S32, new byte[] { 0, 0, 0, 0xC0 }, -0.5f)]
    [InlineData(SampleEncoding.U8, new byte[] { 0 }, -1f)]
    [InlineData(SampleEncoding.U8, new byte[] { 128 }, 0f)]
    [InlineData(SampleEncoding.MuLaw, new byte[] { 0xFF }, 0f)]
    [InlineData(SampleEncoding.MuLaw, new byte[] { 0x00 }, -32124 / 32768f)]
    [InlineData(SampleEncoding.MuLaw, new byte[] { 0x80 }, 32124 / 32768f)]
    [InlineData(SampleEncoding.MuLaw, new byte[] { 0xEF }, 132 / 32768f)]
    [InlineData(SampleEncoding.ALaw, new byte[] { 0xD5 }, 8 / 32768f)]
    [InlineData(SampleEncoding.ALaw, new byte[] { 0x55 }, -8 / 32768f)]
    [InlineData(SampleEncoding.ALaw, new byte[] { 0xAA }, 32256 / 32768f)]
    [InlineData(SampleEncoding.ALaw, new byte[] { 0xC5 }, 264 / 32768f)]
    public void Known_bytes_have_known_values(SampleEncoding encoding, byte[] bytes, float expected)
    {
        float[] found = new float[1];
        SampleConversion.ToFloat(encoding, bytes, found);
        Assert.Equal(expected, found[0]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void One_bad_sample_anywhere_is_found(float bad)
    {
        for (int count = 1; count < 40; count++)
        {
            float[] samples = Tone.Sine(100, 7, count);
            Assert.True(SampleConversion.AllFinite(samples));
            for (int at = 0; at < count; at++)
            {
                samples[at] = bad;
                Assert.False(SampleConversion.AllFinite(samples));
                samples[at] = float.MaxValue;
            }
            Assert.True(SampleConversion.AllFinite(samples));
        }
    }

    [Theory]
    [InlineData("s16le", SampleEncoding.S16)]
    [InlineData("S16_LE", SampleEncoding.S16)]
    [InlineData("FLOAT_LE", SampleEncoding.F32)]
    [InlineData("S24_3LE", SampleEncoding.S24)]
    [InlineData("mulaw", SampleEncoding.MuLaw)]
    [InlineData("A_LAW", SampleEncoding.ALaw)]
    public void Names_of_ffmpeg_and_ALSA_are_known(string name, SampleEncoding expected) => Assert.Equal(expected, SampleEncodings.Parse(name));

    [Fact]
    public void Unknown_name_lists_the_known_ones()
    {
        AudioException error = Assert.Throws<AudioException>(() => SampleEncodings.Parse("s16be"));
        Assert.Equal(AudioFault.Configuration, error.Fault);
        Assert.StartsWith("'s16be' is no encoding of samples. Expected one of s16le, s24le, s32le, u8, f32le, f64le, mulaw, alaw, or ALSA's S16_LE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Converting_allocates_nothing()
    {
        byte[] bytes = new byte[8 * 100];
        float[] samples = new float[100];
        foreach (SampleEncoding encoding in Enum.GetValues<SampleEncoding>()) SampleConversion.ToFloat(encoding, bytes, samples);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (SampleEncoding encoding = SampleEncoding.S16; encoding <= SampleEncoding.ALaw; encoding++) SampleConversion.ToFloat(encoding, bytes, samples);
        }));
    }

    private static float Defined(SampleEncoding encoding, ReadOnlySpan<byte> bytes) => encoding switch
    {
        SampleEncoding.S16 => BitConverter.ToInt16(bytes) / 32768f,
        SampleEncoding.S24 => ((sbyte)bytes[2] * 65536 + bytes[1] * 256 + bytes[0]) / 8388608f,
        SampleEncoding.S32 => BitConverter.ToInt32(bytes) / 2147483648f,
        SampleEncoding.U8 => (bytes[0] - 128) / 128f,
        SampleEncoding.F32 => MemoryMarshal.Read<float>(bytes),
        SampleEncoding.F64 => (float)MemoryMarshal.Read<double>(bytes),
        SampleEncoding.MuLaw => Companding.MuLaw[bytes[0]],
        _ => Companding.ALaw[bytes[0]],
    };
}
