using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.Decoding.Strokes;

public sealed class MixtureDensityDecoderTests
{
    [Fact]
    public void Every_step_says_where_the_pen_goes_and_what_it_does()
    {
        using Outputs outputs = new(Outputs.Floats("mixture", 9));
        List<(string Name, double[] Values)> said = [];
        outputs.Written = emission =>
        {
            for (int i = 0; i < emission.OutputCount; i++) said.Add((emission.Output(i).Name, emission.Values(emission.Output(i)).ToArray()));
        };
        outputs.Step(outputs.Create("""{"type":"mixture-density","mixtures":1,"scale":40,"temperature":0}"""), [0, 0.5f, -1, 0, 0, 0, -60, 5, -60]);
        Assert.Equal(["next", "pen"], said.Select(static output => output.Name));
        Assert.Equal([20, -40, 1], said[0].Values);
        Assert.Equal([0, 1, 0], said[1].Values.Select(static value => Math.Round(value, 9)));
    }

    [Fact]
    public void A_model_with_other_outputs_is_refused()
    {
        using Outputs outputs = new(Outputs.Floats("mixture", 8));
        CardException refused = Assert.Throws<CardException>(() => outputs.Create("""{"type":"mixture-density","mixtures":1,"scale":40}"""));
        Assert.Contains("9 numbers (6 for each of 1 Gaussians and 3 of the pen)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_allocate_nothing_after_warm_up()
    {
        using Outputs outputs = new(Outputs.Floats("mixture", 9)) { IsQuiet = true };
        IDecoder decoder = outputs.Create("""{"type":"mixture-density","mixtures":1,"scale":40}""");
        float[] answer = [0, 0.5f, -1, 0, 0, 0, 1, 1, 1];
        Run();
        Assert.Equal(0, Allocation.Of(Run));

        void Run()
        {
            for (int i = 0; i < 100; i++) outputs.Step(decoder, answer, ReadOnlyMemory<byte>.Empty);
        }
    }
}
