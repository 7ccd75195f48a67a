namespace SeqStream.Decoding.Sampling;

public sealed class PortableExpTests
{
    [Fact]
    public void Result_lies_within_two_units_in_the_last_place()
    {
        Random random = new(1);
        for (int i = 0; i < 20000; i++)
        {
            double x = -random.NextDouble() * (i % 2 == 0 ? 1 : 600);
            double expected = Math.Exp(x);
            Assert.InRange(Math.Abs(PortableExp.Of(x) - expected), 0, 2 * (Math.BitIncrement(expected) - expected));
        }
    }

    [Fact]
    public void Ends_of_the_range_are_exact()
    {
        Assert.Equal(1, PortableExp.Of(0));
        Assert.Equal(0, PortableExp.Of(-1e6));
        Assert.Equal(0, PortableExp.Of(double.NegativeInfinity));
    }
}
