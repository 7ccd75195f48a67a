using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Audio;

public sealed class SampleWindowFrontEndTests
{
    private const string Card = """{"type":"samples","rate":16000,"hop":4,"context":2,"scale":2}""";
    private readonly float[] _samples = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void Step_holds_fresh_samples_behind_those_before(int piece)
    {
        using Inputs inputs = new(Inputs.Floats("x", 6));
        List<(float[] Features, double Time)> steps = inputs.Steps(inputs.Create(Card), _samples, () => piece);
        Assert.Equal(2, steps.Count);
        Assert.Equal([0, 0, 2, 4, 6, 8], steps[0].Features);
        Assert.Equal([6, 8, 10, 12, 14, 16], steps[1].Features);
        Assert.Equal(4 / 16000.0, steps[1].Time);
    }

    [Fact]
    public void Context_may_be_longer_than_a_step()
    {
        using Inputs inputs = new(Inputs.Floats("x", 5));
        List<(float[] Features, double Time)> steps = inputs.Steps(inputs.Create("""{"type":"samples","rate":16000,"hop":1,"context":4}"""), _samples[..6], static () => 2);
        Assert.Equal([2, 3, 4, 5, 6], steps[5].Features);
        Assert.Equal([0, 0, 0, 1, 2], steps[1].Features);
    }

    [Fact]
    public void Last_step_is_filled_up_where_the_card_says_so()
    {
        using Inputs inputs = new(Inputs.Floats("x", 4));
        List<(float[] Features, double Time)> steps = inputs.Steps(inputs.Create("""{"type":"samples","rate":16000,"hop":4,"padEnd":true}"""), _samples, static () => 10);
        Assert.Equal([9, 10, 0, 0], steps[2].Features);
        Assert.Equal(3, steps.Count);
    }

    [Fact]
    public void Step_after_reset_equals_first_step()
    {
        using Inputs inputs = new(Inputs.Floats("x", 6));
        IFrontEnd frontEnd = inputs.Create(Card);
        inputs.Steps(frontEnd, _samples, static () => 10);
        frontEnd.Reset();
        Assert.Equal([0, 0, 2, 4, 6, 8], inputs.Steps(frontEnd, _samples, static () => 10)[0].Features);
    }

    [Fact]
    public void Steps_allocate_nothing()
    {
        using Inputs inputs = new(Inputs.Floats("x", 6));
        IFrontEnd frontEnd = inputs.Create(Card);
        FramePayload payload = Inputs.Values(_samples);
        StepNote note = default;
        for (int i = 0; i < 10; i++) Step();
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 50; i++) Step();
        }));

        void Step()
        {
            frontEnd.Accept(payload, double.NaN);
            while (frontEnd.TryNext(inputs.Next, ref note))
            {
            }
        }
    }

    [Theory]
    [InlineData("""{"type":"samples","rate":8000}""", 8000)]
    [InlineData("""{"type":"mfcc","rate":16000}""", 16000)]
    [InlineData("""{"type":"samples"}""", null)]
    [InlineData("""{"type":"vector","rate":8000}""", null)]
    public void Card_says_the_rate_of_its_sound(string json, int? rateHz)
    {
        using JsonDocument card = JsonDocument.Parse(json);
        Assert.Equal(rateHz, AudioCard.RateHz(card.RootElement.GetProperty("type").GetString()!, card.RootElement));
    }
}
