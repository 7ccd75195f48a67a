using SeqStream.Plan;

namespace SeqStream.Tests.Plan;

public sealed class StreamLengthTests
{
    [Fact]
    public void Windows_one_after_the_other_have_the_length_of_each_in_turn()
    {
        Random random = new(3);
        for (int round = 0; round < 500; round++)
        {
            int reach = random.Next(5), stride = random.Next(1, 4), pads = random.Next(4), second = random.Next(1, 4);
            StreamLength length = StreamLength.Source.Plus(pads - reach - 1 + stride).Over(stride).Plus(second - 1).Over(second);
            for (long frames = reach + 1; frames < 40; frames++)
            {
                long inner = ((frames + pads - reach - 1) / stride) + 1;
                Assert.Equal(((inner - 1) / second) + 1, length.Of(frames));
            }
        }
    }

    [Fact]
    public void Sums_products_and_quotients_in_any_order_give_what_each_gives_in_turn()
    {
        Random random = new(5);
        for (int round = 0; round < 2000; round++)
        {
            StreamLength length = StreamLength.Source;
            Func<long, long> turns = static frames => frames;
            for (int step = random.Next(1, 7); step > 0; step--)
            {
                (int kind, int number) = (random.Next(3), random.Next(1, 5));
                Func<long, long> before = turns;
                (length, turns) = kind switch
                {
                    0 => (length.Plus(number - 2), frames => before(frames) + number - 2),
                    1 => (length.Over(number), frames => (long)Math.Floor(before(frames) / (double)number)),
                    _ => (length.Times(number), (Func<long, long>)(frames => before(frames) * number)),
                };
            }
            for (long frames = 0; frames < 60; frames++) Assert.Equal(turns(frames), length.Formula(frames));
            long shortest = length.ShortestFor(1);
            Assert.True(length.Formula(shortest) >= 1 && length.Formula(shortest - 1) < 1, $"{length}: {shortest}");
        }
    }

    [Fact]
    public void The_same_length_reached_in_two_ways_is_equal()
    {
        StreamLength half = StreamLength.Source.Plus(1).Over(2);
        Assert.Equal(StreamLength.Source.Plus(3), StreamLength.Source.Times(6).Plus(20).Over(6));
        Assert.Equal(half.Plus(2), half.Times(4).Plus(9).Over(4));
        Assert.Equal(half.Over(3), half.Times(2).Over(6));
        Assert.Equal(half.Times(6).Plus(5), half.Times(2).Plus(1).Times(3).Plus(2));
        Assert.NotEqual(StreamLength.Source, half.Times(2));
    }

    [Theory]
    [InlineData(0, 1, "S")]
    [InlineData(2, 1, "S + 2")]
    [InlineData(-1, 4, "floor((S - 1) / 4)")]
    [InlineData(0, 4, "floor(S / 4)")]
    public void It_prints_as_a_formula(long offset, long divisor, string text) => Assert.Equal(text, new StreamLength(offset, divisor).ToString());

    [Fact]
    public void A_product_prints_as_a_formula()
    {
        Assert.Equal("3 * floor((S + 1) / 2) - 1", StreamLength.Source.Plus(1).Over(2).Times(3).Plus(-1).ToString());
        Assert.Equal("floor((3 * S + 1) / 2)", StreamLength.Source.Times(3).Plus(1).Over(2).ToString());
    }
}
