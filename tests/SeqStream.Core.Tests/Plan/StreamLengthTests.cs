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

    [Theory]
    [InlineData(0, 1, "S")]
    [InlineData(2, 1, "S + 2")]
    [InlineData(-1, 4, "floor((S - 1) / 4)")]
    public void It_prints_as_a_formula(long offset, long divisor, string text) => Assert.Equal(text, new StreamLength(offset, divisor).ToString());
}
