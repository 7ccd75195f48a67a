using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Audio;

public sealed class RealFftTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(512)]
    [InlineData(1024)]
    public void Spectrum_equals_the_definition(int size)
    {
        Random random = new(size);
        double[] numbers = [.. Enumerable.Range(0, size).Select(_ => random.NextDouble() * 2 - 1)];
        double[] found = Power(new RealFft(size), numbers);
        Assert.Equal(size / 2 + 1, found.Length);
        for (int k = 0; k <= size / 2; k++)
        {
            double re = 0, im = 0;
            for (int i = 0; i < size; i++)
            {
                (double sine, double cosine) = Math.SinCos(-2 * Math.PI * ((long)k * i % size) / size);
                (re, im) = (re + numbers[i] * cosine, im + numbers[i] * sine);
            }
            Assert.Equal(re * re + im * im, found[k], 1e-12 * size * size);
        }
    }

    [Fact]
    public void Transforming_allocates_nothing()
    {
        RealFft fft = new(512);
        double[] scratch = new double[fft.ScratchLength], power = new double[fft.Bins];
        fft.Power(scratch, power);
        Assert.Equal(0, Allocation.Of(() => fft.Power(scratch, power)));
    }

    private static double[] Power(RealFft fft, double[] numbers)
    {
        double[] scratch = new double[fft.ScratchLength], power = new double[fft.Bins];
        for (int i = 0; i < numbers.Length; i++) scratch[(i & 1) * numbers.Length / 2 + i / 2] = numbers[i];
        fft.Power(scratch, power);
        return power;
    }
}
