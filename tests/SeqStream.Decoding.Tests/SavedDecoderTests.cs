using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Decoding;

/// <summary>A decoder that was saved and restored goes on as if nothing had happened.</summary>
public sealed class SavedDecoderTests
{
    private const string Tags = """{"type":"bio-tags","lag":3,"start":[0,-1,-10000],"transitions":[[0,-1,-10000],[-1,-0.5,0.25],[0,-1,0.5]],"end":[0,0,0]}""";

    private const string Words = """{"type":"moving-words","watch":["B-x","I-x"],"most":2}""";

    public static TheoryData<string> Cards =>
    [
        Tags, Words, """{"type":"labels"}""", """{"type":"labels","at":"end"}""", """{"type":"labels","at":"running"}""", """{"type":"vector"}""",
        """{"type":"ctc","endpointSteps":3,"stepMs":20}""", """{"type":"ctc","beam":4}""", """{"type":"segments","on":0.4,"off":0.3,"onSteps":2,"hangSteps":2,"smoothing":0.3}""",
    ];

    [Fact]
    public void Restored_mixture_decoder_draws_the_points_of_the_saved_one()
    {
        const string Card = """{"type":"mixture-density","mixtures":1,"scale":40,"seed":4,"temperature":1}""";
        using Outputs outputs = new(Outputs.Floats("mixture", 9));
        List<double> said = [];
        outputs.Written = emission => said.AddRange(emission.Values(emission.Output(0)));
        IDecoder first = outputs.Create(Card), second = outputs.Create(Card);
        float[] answer = [0, 0.5f, -1, 0, 0, 0.3f, 1, 1, 0];
        for (int i = 0; i < 5; i++) outputs.Step(first, answer);
        StateWriter writer = new();
        first.Save(writer);
        said.Clear();
        for (int i = 0; i < 5; i++) outputs.Step(first, answer);
        double[] expected = [.. said];
        said.Clear();
        StateReader reader = new(writer.Written);
        second.Restore(ref reader);
        for (int i = 0; i < 5; i++) outputs.Step(second, answer);
        Assert.Equal(0, reader.Left);
        Assert.Equal(expected, said);
        Assert.Throws<StateSnapshotException>(() => { StateReader zeros = new(new byte[32]); second.Restore(ref zeros); });
    }

    [Theory]
    [MemberData(nameof(Cards))]
    public void Restored_decoder_says_what_the_saved_one_would_have_said(string card)
    {
        const int steps = 10;
        for (int place = 0; place <= steps; place++)
        {
            Outputs expected = new(Outputs.Floats("scores", 3)), found = new(Outputs.Floats("scores", 3));
            IDecoder whole = expected.Create(card, "O", "B-x", "I-x"), first = found.Create(card, "O", "B-x", "I-x"), second = found.Create(card, "O", "B-x", "I-x");
            StepAll(expected, whole, 0, steps);
            whole.End(expected);
            StepAll(found, first, 0, place);
            StateWriter writer = new();
            first.Save(writer);
            StateReader reader = new(writer.Written);
            second.Restore(ref reader);
            Assert.Equal(0, reader.Left);
            StepAll(found, second, place, steps);
            second.End(found);
            Assert.Equal(expected.Said, found.Said);
        }
    }

    [Theory]
    [MemberData(nameof(Cards))]
    public void Cut_or_damaged_bytes_are_refused_or_harmless(string card)
    {
        Outputs outputs = new(Outputs.Floats("scores", 3));
        IDecoder saved = outputs.Create(card, "O", "B-x", "I-x");
        StepAll(outputs, saved, 0, 5);
        StateWriter writer = new();
        saved.Save(writer);
        byte[] bytes = writer.Written.ToArray();
        Random random = new(1);
        for (int cut = 0; cut < bytes.Length; cut++) Assert.Throws<StateSnapshotException>(() => Restore(outputs, card, bytes.AsSpan(0, cut)));
        for (int trial = 0; trial < 2000 && bytes.Length > 0; trial++)
        {
            byte[] damaged = [.. bytes];
            for (int flips = random.Next(1, 4); flips > 0; flips--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                IDecoder decoder = Restore(outputs, card, damaged);
                StepAll(outputs, decoder, 5, 8);
                decoder.End(outputs);
            }
            catch (StateSnapshotException)
            {
            }
        }
    }

    private static IDecoder Restore(Outputs outputs, string card, ReadOnlySpan<byte> bytes)
    {
        IDecoder decoder = outputs.Create(card, "O", "B-x", "I-x");
        StateReader reader = new(bytes);
        decoder.Restore(ref reader);
        return decoder;
    }

    private static void StepAll(Outputs outputs, IDecoder decoder, int from, int to)
    {
        for (int i = from; i < to; i++) outputs.Step(decoder, [MathF.Sin(i), MathF.Cos(3 * i), MathF.Sin(2 * i + 1)], $"word{i}");
    }
}
