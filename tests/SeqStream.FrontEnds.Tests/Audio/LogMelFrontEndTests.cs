using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Audio;

public sealed class LogMelFrontEndTests
{
    private const string Plain = """{"type":"log-mel","rate":8000,"windowMs":25,"hopMs":10,"bands":20,"floor":1e-6}""";

    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, AudioGolden.Cases)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Features_equal_those_of_the_training_code(int index)
    {
        (string card, float[][] expected) = AudioGolden.Case(index);
        using Inputs inputs = new(Inputs.Floats("x", expected[0].Length));
        List<(float[] Features, double Time)> steps = inputs.Steps(inputs.Create(card), AudioGolden.Samples, static () => 333);
        Assert.Equal(expected.Length, steps.Count);
        for (int step = 0; step < expected.Length; step++)
        {
            for (int i = 0; i < expected[step].Length; i++) Assert.Equal(expected[step][i], steps[step].Features[i], 1e-4f);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Any_cut_of_the_samples_gives_the_same_bits(int index)
    {
        (string card, float[][] golden) = AudioGolden.Case(index);
        using Inputs inputs = new(Inputs.Floats("x", golden[0].Length));
        IFrontEnd frontEnd = inputs.Create(card);
        List<(float[] Features, double Time)> expected = inputs.Steps(frontEnd, AudioGolden.Samples, static () => int.MaxValue);
        foreach (int most in (int[])[1, 7, 160, 900])
        {
            Random random = new(most);
            frontEnd.Reset();
            List<(float[] Features, double Time)> steps = inputs.Steps(frontEnd, AudioGolden.Samples, () => random.Next(0, most + 1), most == 7 ? 0 : 8000);
            Assert.Equal(expected.Count, steps.Count);
            for (int i = 0; i < steps.Count; i++)
            {
                Assert.Equal(expected[i].Features, steps[i].Features);
                if (index < 4) Assert.Equal(expected[i].Time, steps[i].Time);
            }
        }
    }

    [Fact]
    public void Step_has_the_time_of_its_first_sample()
    {
        using Inputs inputs = new(Inputs.Floats("x", 20));
        IFrontEnd frontEnd = inputs.Create(Plain);
        StepNote note = default;
        frontEnd.Accept(Inputs.Values(new float[250]), 5);
        Assert.True(frontEnd.TryNext(inputs.Next, ref note));
        Assert.Equal(5, note.Time);
        Assert.False(frontEnd.TryNext(inputs.Next, ref note));
        frontEnd.Accept(Inputs.Values(new float[30]), double.NaN);
        Assert.True(frontEnd.TryNext(inputs.Next, ref note));
        Assert.Equal(5.01, note.Time, 1e-12);
        frontEnd.Accept(Inputs.Values(new float[80]), 7.035);
        Assert.True(frontEnd.TryNext(inputs.Next, ref note));
        Assert.Equal(7.02, note.Time, 1e-12);
    }

    [Fact]
    public void Tone_is_loudest_in_its_band()
    {
        using Inputs inputs = new(Inputs.Floats("x", 20));
        float[] tone = [.. Enumerable.Range(0, 200).Select(static i => MathF.Sin(2 * MathF.PI * 1000 * i / 8000))];
        float[] bands = inputs.Steps(inputs.Create(Plain), tone, static () => 200)[0].Features;
        double mel = 2595 * Math.Log10(1 + 1000 / 700.0) / (2595 * Math.Log10(1 + 4000 / 700.0)) * 21;
        Assert.Equal((int)Math.Round(mel) - 1, Array.IndexOf(bands, bands.Max()));
    }

    /// <summary>Silence, clipping and nothing at all are sound, too.</summary>
    [Fact]
    public void Silence_gives_the_floor_and_clipping_a_finite_value()
    {
        using Inputs inputs = new(Inputs.Floats("x", 20));
        Assert.All(inputs.Steps(inputs.Create(Plain), new float[400], static () => 50), static step => Assert.All(step.Features, static value => Assert.Equal(MathF.Log(1e-6f), value, 1e-5f)));
        float[] clipped = [.. Enumerable.Range(0, 400).Select(static i => (i / 7 & 1) == 0 ? 1f : -1f)];
        Assert.All(inputs.Steps(inputs.Create(Plain), clipped, static () => 50), static step => Assert.All(step.Features, static value => Assert.True(float.IsFinite(value))));
        Assert.Empty(inputs.Steps(inputs.Create(Plain), new float[199], static () => 50));
    }

    [Theory]
    [InlineData(float.NaN, "found NaN as sample 2, expected a number")]
    [InlineData(float.NegativeInfinity, "as sample 2")]
    [InlineData(2e6f, "Check how the samples are encoded")]
    public void Bad_samples_are_refused_and_leave_no_trace(float bad, string problem)
    {
        using Inputs inputs = new(Inputs.Floats("x", 20));
        IFrontEnd frontEnd = inputs.Create(Plain);
        float[] expected = inputs.Steps(frontEnd, AudioGolden.Samples[..200], static () => 100)[0].Features;
        frontEnd.Reset();
        frontEnd.Accept(Inputs.Values(AudioGolden.Samples[..150]), 0);
        Assert.Contains(problem, frontEnd.Accept(Inputs.Values(1, 2, bad), 0).Problem, StringComparison.Ordinal);
        Assert.Equal(expected, inputs.Steps(frontEnd, AudioGolden.Samples[150..200], static () => 50)[0].Features);
    }

    [Fact]
    public void Text_is_refused()
    {
        using Inputs inputs = new(Inputs.Floats("x", 20));
        Assert.Contains("found text, expected samples of sound", inputs.Create(Plain).Accept(Inputs.Text("hello"), 0).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_allocate_nothing()
    {
        (string card, float[][] golden) = AudioGolden.Case(2);
        using Inputs inputs = new(Inputs.Floats("x", golden[0].Length));
        IFrontEnd frontEnd = inputs.Create(card);
        FramePayload payload = Inputs.Values(AudioGolden.Samples[..170]);
        Run(50);
        int steps = 0;
        Assert.Equal(0, Allocation.Of(() => steps = Run(100)));
        Assert.True(steps > 100);

        int Run(int frames)
        {
            int count = 0;
            StepNote note = default;
            for (int i = 0; i < frames; i++)
            {
                frontEnd.Accept(payload, double.NaN);
                while (frontEnd.TryNext(inputs.Next, ref note)) count++;
            }
            return count;
        }
    }

    [Fact]
    public void Front_end_is_idle_until_it_hears_something()
    {
        using Inputs inputs = new(Inputs.Floats("x", 20));
        IFrontEnd frontEnd = inputs.Create(Plain);
        Assert.True(frontEnd.IsIdle);
        frontEnd.Accept(Inputs.Values(1), 0);
        Assert.False(frontEnd.IsIdle);
        frontEnd.Reset();
        Assert.True(frontEnd.IsIdle);
    }

    [Theory]
    [InlineData("\"rate\":500", "'frontEnd.rate': found 500, expected a whole number from 1000 to 384000")]
    [InlineData("\"rate\":8000,\"windowMs\":25.03", "'frontEnd.windowMs': found 200.24 samples at 8000 Hz, expected a whole number from 2 to 32768")]
    [InlineData("\"rate\":8000,\"windowMs\":25,\"hopMs\":26", "'frontEnd.hopMs': found 208 samples at 8000 Hz, expected a whole number from 1 to 200")]
    [InlineData("\"rate\":8000,\"windowMs\":25,\"hopMs\":10,\"bands\":20,\"fft\":300", "'frontEnd.fft': found 300, expected a power of two from 256 on")]
    [InlineData("\"rate\":8000,\"windowMs\":25,\"hopMs\":10,\"bands\":20,\"shape\":\"bell\"", "'frontEnd.shape': found 'bell', expected hann, hamming or rectangle")]
    [InlineData("\"rate\":8000,\"windowMs\":25,\"hopMs\":10,\"bands\":20,\"highHz\":5000", "'frontEnd.highHz': found 5000, expected a number from 1 to 4000")]
    [InlineData("\"rate\":8000,\"windowMs\":25,\"hopMs\":10,\"bands\":20,\"scale\":[0,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "'frontEnd.scale': found 0, expected numbers above 0")]
    [InlineData("\"rate\":8000,\"windowMs\":25,\"hopMs\":10,\"bands\":20,\"running\":{\"halflife\":3}", "'frontEnd.running.halfLife': the key is missing")]
    [InlineData("\"rate\":8000,\"windowMs\":25,\"hopMs\":10,\"bands\":20,\"join\":2", "float32 with 40 elements")]
    public void Bad_card_is_refused_with_the_key_path(string keys, string problem)
    {
        using Inputs inputs = new(Inputs.Floats("x", 20));
        Assert.Contains(problem, Assert.Throws<CardException>(() => inputs.Create($$"""{"type":"log-mel",{{keys}}}""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Band_without_a_bin_is_refused()
    {
        using Inputs inputs = new(Inputs.Floats("x", 128));
        CardException error = Assert.Throws<CardException>(() => inputs.Create("""{"type":"log-mel","rate":8000,"windowMs":8,"hopMs":8,"bands":128}"""));
        Assert.Contains("is narrower than a bin of the transform of 64 numbers", error.Message, StringComparison.Ordinal);
    }
}
