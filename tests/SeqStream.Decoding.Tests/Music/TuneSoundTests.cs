using System.Buffers.Binary;
using SeqStream.Decoding.Music;

namespace SeqStream.Decoding.Tests.Music;

public sealed class TuneSoundTests
{
    [Theory]
    [InlineData("A", 440)]
    [InlineData("C", 261.63)]
    [InlineData("c'", 1046.5)]
    [InlineData("A,,", 110)]
    public void A_note_has_its_pitch(string note, double hertz)
    {
        float[] samples = TuneSound.Render(AbcReader.Read($"X:1\nL:1/1\nQ:1/4=120\nK:C\n{note}\n"));
        double Power(double f)
        {
            double re = 0, im = 0;
            for (int i = 0; i < TuneSound.RateHz; i++)
            {
                re += samples[i] * Math.Cos(2 * Math.PI * f * i / TuneSound.RateHz);
                im += samples[i] * Math.Sin(2 * Math.PI * f * i / TuneSound.RateHz);
            }
            return re * re + im * im;
        }
        double[] around = [.. Enumerable.Range(-30, 61).Select(k => hertz * Math.Pow(2, k / 240.0))]; // a quarter tone either way
        Assert.Equal(hertz, around.MaxBy(Power), 0.006 * hertz);
    }

    [Fact]
    public void Notes_begin_and_end_when_written_and_a_rest_is_silent()
    {
        float[] samples = TuneSound.Render(AbcReader.Read("X:1\nL:1/4\nQ:1/4=60\nK:C\nc z c\n"));
        double Loudness(double from, double to) => samples[(int)(from * TuneSound.RateHz)..(int)(to * TuneSound.RateHz)].Average(static s => s * s);
        Assert.True(Loudness(0.0, 0.5) > 1e-3);
        Assert.True(Loudness(1.3, 1.9) < 1e-6);
        Assert.True(Loudness(2.0, 2.5) > 1e-3);
        Assert.Equal(3.4, samples.Length / (double)TuneSound.RateHz, 1e-3);
    }

    [Fact]
    public void The_file_is_plain_wav_and_does_not_clip()
    {
        using MemoryStream file = new();
        TuneSound.WriteWav(file, AbcReader.Read("X:1\nL:1/8\nK:C\n" + "\"C\"[CEGceg]8".PadRight(20)));
        byte[] bytes = file.ToArray();
        Assert.Equal("RIFF"u8.ToArray(), bytes[..4]);
        Assert.Equal(bytes.Length - 8, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4)));
        Assert.Equal(44_100, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(24)));
        Assert.Equal(bytes.Length - 44, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(40)));
        int greatest = Enumerable.Range(0, (bytes.Length - 44) / 2).Max(i => Math.Abs((int)BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(44 + 2 * i))));
        Assert.InRange(greatest, 8_000, 29_500);
    }

    [Fact]
    public void A_tune_of_hours_is_refused()
        => Assert.Contains("lasts", Assert.Throws<ArgumentException>(static () => TuneSound.Render(AbcReader.Read("X:1\nL:1/1\nQ:1/4=1\nK:C\n" + new string('C', 1000)))).Message, StringComparison.Ordinal);
}
