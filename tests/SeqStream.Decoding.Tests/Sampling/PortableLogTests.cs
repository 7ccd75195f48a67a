namespace SeqStream.Decoding.Sampling;

public sealed class PortableLogTests
{
    [Fact]
    public void Logarithm_is_that_of_the_library_within_rounding()
    {
        Random random = new(1);
        for (int i = 0; i < 10_000; i++)
        {
            double x = Math.Pow(2, random.NextDouble() * 240 - 120);
            Assert.Equal(Math.Log(x), PortableLog.Of(x), 1e-14 * Math.Max(1, Math.Abs(Math.Log(x))));
        }
        Assert.Equal(0, PortableLog.Of(1));
    }
}
