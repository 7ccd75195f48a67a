namespace SeqStream.Decoding.Sampling;

public sealed class Xoshiro256Tests
{
    [Fact]
    public void Seed_zero_gives_the_numbers_of_the_published_generator()
    {
        // SplitMix64(0) fills the state with e220a8397b1dcdaf 6e789e6aa1b965f4 06c45d188009454f f88bb8a8724c81ec.
        Xoshiro256 random = new(0);
        Assert.Equal([0x99EC5F36CB75F2B4UL, 0xBF6E1F784956452AUL, 0x1A5F849D4933E6E0UL], [random.Next(), random.Next(), random.Next()]);
    }

    [Fact]
    public void Doubles_lie_in_the_half_open_unit_interval()
    {
        Xoshiro256 random = new(9);
        double sum = 0;
        for (int i = 0; i < 10000; i++)
        {
            double value = random.NextDouble();
            Assert.InRange(value, 0, Math.BitDecrement(1.0));
            sum += value;
        }
        Assert.Equal(0.5, sum / 10000, 0.01);
    }
}
