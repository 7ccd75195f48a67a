using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Pipeline;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Catalog;

/// <summary>The bundled models of running text and of DNA, through their whole route: the same answers however the text arrives, and a sensible answer or a clear refusal whatever arrives.</summary>
public sealed class TextModelTests
{
    private const string Review = "I didn't expect much, but Mr. Grey's 2nd film (3 hours!) is a wonderful surprise... 😀 جدا جميل 非常好";
    private const string Dna = ">made up\nATGGCGTTCAAGGTGAGTACCTTGCATGCATTTTCTTTCTGCAGGTACGGATTnnryACCATAACCGGTTAACAGTTGACCAGTCAGTTGACAAACTGGTCCATGA-TTGACCATTT";

    [Theory]
    [InlineData("sentiment", Review)]
    [InlineData("toxic", Review)]
    [InlineData("dna", Dna)]
    public async Task Text_in_pieces_ends_in_the_answers_of_the_whole(string name, string text)
    {
        using LoadedModel model = Load(name);
        (List<string> whole, _) = await RunAsync(model, text);
        Assert.NotEmpty(whole);
        Random random = new(1);
        for (int round = 0; round < 3; round++)
        {
            int header = text.IndexOf('\n', StringComparison.Ordinal) + 1;
            (List<string> found, List<string> problems) = await RunAsync(model, Pieces(text, header, random));
            Assert.Empty(problems);
            Assert.Equal(whole, found);
        }
    }

    [Theory]
    [InlineData("sentiment", "")]
    [InlineData("toxic", " \t ")]
    [InlineData("dna", "")]
    [InlineData("dna", ">only a header")]
    public async Task Text_without_content_has_no_answer(string name, string text)
    {
        using LoadedModel model = Load(name);
        (List<string> answers, List<string> problems) = await RunAsync(model, text);
        Assert.Empty(answers);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("sentiment")]
    [InlineData("toxic")]
    public async Task Line_of_a_megabyte_is_answered(string name)
    {
        using LoadedModel model = Load(name);
        (List<string> answers, List<string> problems) = await RunAsync(model, string.Concat(Enumerable.Repeat($"{new string('x', 250)} 😀 ", (1 << 20) / 256)) + new string('y', 50_000));
        Assert.Empty(problems);
        Assert.True(answers.Count > 8_000, $"{answers.Count} answers");
        Assert.DoesNotContain(answers, static answer => answer.Contains("NaN", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dna", "ACGT😀", "U+1F600")]
    [InlineData("dna", "שלום", "U+05E9")]
    [InlineData("dna", "MKVLAA", "'L' (U+004C) as letter 4")]
    public async Task Letters_that_are_not_DNA_are_refused_by_name(string name, string text, string problem)
    {
        using LoadedModel model = Load(name);
        (List<string> answers, List<string> problems) = await RunAsync(model, text);
        Assert.Empty(answers);
        Assert.Contains(problem, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Junctions_of_a_long_line_are_answered_letter_by_letter()
    {
        using LoadedModel model = Load("dna");
        (List<string> answers, List<string> problems) = await RunAsync(model, string.Concat(Enumerable.Repeat("ACGTTGCAAC", 300)));
        Assert.Empty(problems);
        Assert.Equal(3_000, answers.Count);
    }

    private static LoadedModel Load(string name)
    {
        ModelCatalog catalog = ModelCatalog.Find(Path.Combine(SharedFolder.Repository, "models"));
        return ModelLoader.Load(catalog.Resolve(name));
    }

    private static string[] Pieces(string text, int from, Random random)
    {
        List<string> pieces = [];
        StringInfo letters = new(text[from..]);
        int at = 0;
        while (at < letters.LengthInTextElements)
        {
            int count = Math.Min(random.Next(1, 9), letters.LengthInTextElements - at);
            pieces.Add(letters.SubstringByTextElements(at, count));
            at += count;
        }
        if (from > 0) pieces[0] = text[..from] + pieces[0];
        return [.. pieces];
    }

    private static async Task<(List<string> Answers, List<string> Problems)> RunAsync(LoadedModel model, params string[] pieces)
    {
        Faults faults = new();
        List<string> answers = [];
        await using StreamEngine engine = new(model.Stages, new EngineOptions(), faults);
        StreamId stream = engine.Streams.Intern("text");
        Task reading = ReadAsync(engine, answers);
        foreach (string piece in pieces)
        {
            FramePayload payload = engine.Pools.Payloads.Rent();
            payload.Content = FrameContent.Text;
            payload.AddText(Encoding.UTF8.GetBytes(piece));
            await engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.Data, Time = double.NaN, Payload = payload });
        }
        await engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.End, Time = double.NaN });
        engine.Frames.Complete();
        await reading;
        await engine.Completion;
        return (answers, faults.Problems);
    }

    private static async Task ReadAsync(StreamEngine engine, List<string> answers)
    {
        await foreach (Emission emission in engine.Emissions.ReadAllAsync())
        {
            if (emission.Kind == EmissionKind.Label)
                answers.Add(string.Create(CultureInfo.InvariantCulture, $"{emission.Step} {Encoding.UTF8.GetString(emission.Text)} {emission.Label} {emission.Score:R} {emission.IsPartial} {emission.PartCount}"));
            engine.Pools.Emissions.Return(emission);
        }
    }

    private sealed class Faults : IFaultReporter
    {
        public List<string> Problems { get; } = [];

        public void Report(in RecordFault fault)
        {
            lock (Problems) Problems.Add(fault.Problem);
        }
    }
}
