using System.Text;
using SeqStream.Contracts;
using SeqStream.FrontEnds.Text;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.FrontEnds;

/// <summary>A front end that was saved and restored goes on as if nothing had happened.</summary>
public sealed class SavedFrontEndTests
{
    private const string Window = """{"type":"word-window","back":1,"ahead":2,"buckets":512,"grams":[2,3]}""";
    private const string Pairs = """{"type":"word-window","back":0,"ahead":0,"buckets":512,"grams":[3],"pairs":true}""";
    private const string Letters = """{"type":"letters","symbols":["",""," ","a","b","c"],"start":0,"end":1}""";
    private const string Sensors = """{"type":"standardize","channels":2,"logarithms":[1],"means":[2,8],"deviations":[4],"mean":[0,0,0,0,0,0,0,0],"scale":[1,1,1,1,1,1,1,1]}""";

    private const string Mel = """{"type":"log-mel","rate":8000,"windowMs":2,"hopMs":1,"bands":4,"preemphasis":0.5,"join":2,"levelFall":0.1,"running":{"halfLife":3,"prior":0.5,"deviation":true}}""";
    private const string Strokes = """{"type":"strokes","scale":10,"class":{"names":["cat","fish"]}}""";
    private const string Sound = """{"type":"samples","rate":8000,"hop":4,"context":3,"padEnd":true}""";

    private const string Body = """{"type":"skeleton","channels":9,"hip":0,"neck":1,"back":[1,3],"gains":[1,1,2,3]}""";
    private const string Film = """{"type":"pictures","channels":3}""";
    private static readonly string s_book = $$"""{"type":"order-book","tick":100,"lot":100,"decays":[2],"limit":9,"mean":[{{string.Join(',', Enumerable.Repeat(0, 30))}}],"scale":[{{string.Join(',', Enumerable.Repeat(1, 30))}}]}""";

    private const string Classes = """{"type":"letters","symbols":["",""," ","a","b","c"],"start":0,"end":1,"class":{"names":["x","y"]}}""";
    private const string Nucleotides = """{"type":"nucleotides"}""";

    public static TheoryData<string> Cards => [Window, Letters, Sensors, """{"type":"vector"}""", Mel, Sound, Body, Film, s_book, Pairs, Classes, Nucleotides, Strokes];

    [Theory]
    [MemberData(nameof(Cards))]
    public void Restored_front_end_gives_the_steps_of_the_saved_one_at_every_place(string card)
    {
        (Inputs inputs, Func<int, FramePayload> frame) = Setting(card);
        const int frames = 12;
        string[] expected = [.. Enumerable.Range(0, frames).SelectMany(Feed(inputs, inputs.Create(card), frame)).Concat(Drained(inputs, null))];
        Assert.NotEmpty(expected);
        for (int place = 0; place <= frames; place++)
        {
            IFrontEnd first = inputs.Create(card), second = inputs.Create(card);
            second.Accept(frame(place + 5), 99);
            List<string> steps = [.. Enumerable.Range(0, place).SelectMany(Feed(inputs, first, frame))];
            bool isPending = place < frames && first.Accept(frame(place), place).IsAccepted;
            if (isPending) steps.AddRange(Drained(inputs, first, place % 3));
            Move(first, second);
            steps.AddRange(Drained(inputs, second));
            steps.AddRange(Enumerable.Range(place + 1, Math.Max(0, frames - place - 1)).SelectMany(Feed(inputs, second, frame)));
            Assert.Equal(expected, steps);
        }
    }

    [Theory]
    [MemberData(nameof(Cards))]
    public void Cut_or_damaged_bytes_are_refused_or_harmless(string card)
    {
        (Inputs inputs, Func<int, FramePayload> frame) = Setting(card);
        IFrontEnd saved = inputs.Create(card);
        for (int i = 0; i < 4; i++) Assert.True(saved.Accept(frame(i), i).IsAccepted);
        StateWriter writer = new();
        saved.Save(writer);
        byte[] bytes = writer.Written.ToArray();
        Random random = new(1);
        for (int cut = 0; cut < bytes.Length; cut++) Assert.Throws<StateSnapshotException>(() => Restore(inputs.Create(card), bytes.AsSpan(0, cut)));
        for (int trial = 0; trial < 2000; trial++)
        {
            byte[] damaged = [.. bytes];
            for (int flips = random.Next(1, 4); flips > 0; flips--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            IFrontEnd frontEnd = inputs.Create(card);
            try
            {
                Restore(frontEnd, damaged);
                _ = Drained(inputs, frontEnd).Count;
            }
            catch (StateSnapshotException)
            {
            }
        }
    }

    private static (Inputs Inputs, Func<int, FramePayload> Frame) Setting(string card)
    {
        if (card == Window)
        {
            int count = 4 * WordFeatures.SlotsFor([2, 3]);
            return (new Inputs(Inputs.Integers("ids", count), Inputs.Floats("weights", count)), static i => Inputs.Text(i % 4 == 3 ? "e.g." : $"Wör{i}d, an"));
        }
        if (card == Pairs)
        {
            int count = WordFeatures.SlotsFor([3], hasPairs: true);
            return (new Inputs(Inputs.Integers("ids", count), Inputs.Floats("weights", count)), static i => Inputs.Text(i % 4 == 3 ? "e.g." : $"Wör{i}d, an"));
        }
        if (card == Classes) return (new Inputs(Inputs.Integers("ids", 1), Inputs.Integers("class", 1)), static i => Inputs.Text("abc a"[..(1 + (i % 5))]));
        if (card == Nucleotides) return (new Inputs(Inputs.Floats("x", 4)), static i => Inputs.Text("acgtN-R"[..(1 + (i % 7))]));
        if (card == Letters) return (new Inputs(Inputs.Integers("ids", 1)), static i => Inputs.Text("abc a"[..(1 + (i % 5))]));
        if (card == Strokes) return (new Inputs(Inputs.Floats("points", 9), Inputs.Integers("class", 1)), static i => i == 0 ? Inputs.Text("fish") : Inputs.Values(20 * i, 200 - 9 * i, i % 3 == 0 ? 1 : 0));
        if (card == Sensors) return (new Inputs(Inputs.Floats("x", 8)), static i => Inputs.Values(MathF.Sin(i), i * 0.25f));
        if (card == Mel) return (new Inputs(Inputs.Floats("x", 8)), static i => Inputs.Values([.. Enumerable.Range(0, 5 + (3 * i)).Select(k => MathF.Sin((k * k) + i))]));
        if (card == Sound) return (new Inputs(Inputs.Floats("x", 7)), static i => Inputs.Values([.. Enumerable.Range(0, i + 1).Select(k => k + (i * 0.5f))]));
        if (card == Body) return (new Inputs(Inputs.Floats("x", 36)), static i => i == 0 ? Inputs.Values(0, 0, 0, 1, 2, 3, 0, 0, 0) : Inputs.Values(i, 1, 2, i, 3 + (i % 2), 2, i % 4 == 0 ? 0 : i, 0, 0));
        if (card == Film) return (new Inputs(Inputs.Floats("x", 6)), static i => Inputs.Values(i, 2 * i, 99));
        if (card == s_book) return (new Inputs(Inputs.Floats("x", 30)), static i => Inputs.Values(1 + (i % 7), i, 10 * i, 1000000, i % 2 == 0 ? 1 : -1, 1000200 + (100 * (i % 3)), 40 + i, 1000000 - (100 * (i % 5)), 30));
        return (new Inputs(Inputs.Floats("x", 2)), static i => Inputs.Values(i, -i));
    }

    private static Func<int, List<string>> Feed(Inputs inputs, IFrontEnd frontEnd, Func<int, FramePayload> frame) => i =>
    {
        Assert.True(frontEnd.Accept(frame(i), i).IsAccepted);
        return Drained(inputs, frontEnd);
    };

    /// <summary>The steps that are ready: time, text and the bytes of every input.</summary>
    private static List<string> Drained(Inputs inputs, IFrontEnd? frontEnd, int most = int.MaxValue)
    {
        List<string> steps = [];
        StepNote note = default;
        while (frontEnd is not null && steps.Count < most && frontEnd.TryNext(inputs.Next, ref note))
        {
            StringBuilder text = new($"{note.Time} {Encoding.UTF8.GetString(note.Text.Span)}");
            for (int port = 0; port < inputs.Signature.Inputs.Length; port++) text.Append(' ').Append(Convert.ToHexString(inputs.Input(port, 0)));
            steps.Add(text.ToString());
        }
        return steps;
    }

    private static void Move(IFrontEnd from, IFrontEnd to)
    {
        StateWriter writer = new();
        from.Save(writer);
        Assert.Equal(0, Restore(to, writer.Written));
    }

    private static int Restore(IFrontEnd frontEnd, ReadOnlySpan<byte> bytes)
    {
        StateReader reader = new(bytes);
        frontEnd.Restore(ref reader);
        return reader.Left;
    }
}
