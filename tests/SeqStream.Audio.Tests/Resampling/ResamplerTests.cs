using SeqStream.TestSupport;

namespace SeqStream.Audio.Resampling;

public sealed class ResamplerTests
{
    /// <summary>Common pairs, an awkward one with rows that are blended, and the same rate.</summary>
    public static TheoryData<int, int> Rates() => new()
    {
        { 8000, 16000 }, { 16000, 8000 }, { 48000, 16000 }, { 44100, 16000 }, { 16000, 44100 }, { 22050, 8000 }, { 44101, 16000 }, { 16000, 47999 }, { 192000, 8000 }, { 16000, 16000 },
    };

    [Theory]
    [MemberData(nameof(Rates))]
    public void Passband_is_flat_within_a_hundredth_of_a_decibel(int fromHz, int toHz)
    {
        double nyquist = Math.Min(fromHz, toHz) / 2.0;
        foreach (double share in (double[])[0.01, 0.1, 0.37, 0.63, 0.8, 0.895])
        {
            (double gain, double rest) = Response(fromHz, toHz, share * nyquist);
            Assert.InRange(20 * Math.Log10(gain), -0.01, 0.01);
            Assert.True(rest < -100, $"{share} of Nyquist: what is not the tone lies at {rest} dB");
        }
    }

    [Theory]
    [InlineData(48000, 16000)]
    [InlineData(44100, 16000)]
    [InlineData(16000, 8000)]
    [InlineData(44101, 16000)]
    [InlineData(192000, 8000)]
    public void Stopband_lies_100_decibels_down(int fromHz, int toHz)
    {
        foreach (double share in (double[])[1.002, 1.05, 1.3, 1.9])
        {
            float[] output = Whole(fromHz, toHz, Tone.Sine(fromHz, share * toHz / 2.0, fromHz / 4));
            double level = 20 * Math.Log10(Rms(Middle(output)) / (0.5 / Math.Sqrt(2)));
            Assert.True(level < -100, $"{share} of Nyquist lies at {level} dB");
        }
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Any_cut_of_the_input_gives_the_same_bits(int fromHz, int toHz)
    {
        float[] input = Tone.Floats(Tone.Noise(9000, fromHz));
        float[] expected = Whole(fromHz, toHz, input);
        Assert.Equal((input.Length * (long)toHz + fromHz - 1) / fromHz, expected.Length);
        foreach (int seed in (int[])[1, 2, 3])
        {
            Random random = new(seed);
            Assert.Equal(expected, Pieces(new Resampler(new ResamplingFilter(fromHz, toHz)), input, () => random.Next(0, seed == 1 ? 3 : 6000)));
        }
    }

    [Fact]
    public void Output_keeps_its_place_in_time()
    {
        float[] input = new float[4000];
        input[1000] = 1;
        float[] output = Whole(8000, 24000, input);
        Assert.Equal(3000, Array.IndexOf(output, output.Max()));
    }

    [Fact]
    public void Step_after_reset_equals_first_step()
    {
        Resampler resampler = new(new ResamplingFilter(44100, 16000));
        float[] input = Tone.Floats(Tone.Noise(3000, 7));
        float[] expected = Pieces(resampler, input, static () => 700);
        resampler.Reset();
        Assert.Equal(expected, Pieces(resampler, input, static () => 700));
    }

    [Fact]
    public void Resampling_allocates_nothing()
    {
        Resampler resampler = new(new ResamplingFilter(44100, 16000));
        float[] input = Tone.Sine(44100, 440, 4410);
        float[] output = new float[resampler.MostOutputs(input.Length)];
        resampler.Process(input, output);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 20; i++) resampler.Process(input, output);
        }));
    }

    [Fact]
    public void Memory_is_bounded_for_any_pair_of_rates()
    {
        ResamplingFilter filter = new(383_999, 6001);
        Assert.True(filter.IsBlended);
        Assert.InRange(filter.Rows * (long)filter.Taps, 1, 1 << 19);
    }

    [Theory]
    [InlineData(999, 16000)]
    [InlineData(16000, 400_000)]
    [InlineData(384_000, 1000)]
    public void Rates_out_of_range_are_refused(int fromHz, int toHz) => Assert.Throws<ArgumentOutOfRangeException>(() => new ResamplingFilter(fromHz, toHz));

    private static float[] Whole(int fromHz, int toHz, float[] input)
        => Pieces(new Resampler(new ResamplingFilter(fromHz, toHz)), input, () => input.Length);

    private static float[] Pieces(Resampler resampler, float[] input, Func<int> size)
    {
        List<float> output = [];
        for (int at = 0; at < input.Length;)
        {
            int count = Math.Min(size(), input.Length - at);
            float[] piece = new float[resampler.MostOutputs(count)];
            output.AddRange(piece.AsSpan(0, resampler.Process(input.AsSpan(at, count), piece)));
            at += count;
        }
        float[] last = new float[resampler.MostFlushed];
        output.AddRange(last.AsSpan(0, resampler.Flush(last)));
        return [.. output];
    }

    /// <summary>Gain of a tone, and the level of all that is not the tone in dB below it: fits sine and cosine and looks at the rest.</summary>
    private static (double Gain, double RestDb) Response(int fromHz, int toHz, double frequencyHz)
    {
        float[] output = Whole(fromHz, toHz, Tone.Sine(fromHz, frequencyHz, fromHz / 4));
        int first = output.Length / 4;
        double ss = 0, cc = 0, sc = 0, ys = 0, yc = 0, yy = 0;
        for (int i = first; i < output.Length * 3 / 4; i++)
        {
            (double s, double c) = Math.SinCos(2 * Math.PI * frequencyHz * i / toHz);
            (ss, cc, sc, ys, yc, yy) = (ss + s * s, cc + c * c, sc + s * c, ys + output[i] * s, yc + output[i] * c, yy + (double)output[i] * output[i]);
        }
        double a = (ys * cc - yc * sc) / (ss * cc - sc * sc);
        double b = (yc * ss - ys * sc) / (ss * cc - sc * sc);
        double rest = Math.Max(yy - a * ys - b * yc, 1e-30);
        return (Math.Sqrt(a * a + b * b) / 0.5, 10 * Math.Log10(rest / yy));
    }

    private static float[] Middle(float[] samples) => samples[(samples.Length / 4)..(samples.Length * 3 / 4)];

    private static double Rms(float[] samples) => Math.Sqrt(samples.Average(static sample => (double)sample * sample));
}
