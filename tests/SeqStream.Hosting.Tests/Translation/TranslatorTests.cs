using System.Text;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Pipeline;
using SeqStream.Pipeline.Checkpoints;
using SeqStream.Plan;
using SeqStream.TestSupport;
using SeqStream.Weights;

namespace SeqStream.Hosting.Tests.Translation;

/// <summary>The bundled translator as a stream like any other: memory, beam and attention are per-stream state, batched across streams, saved and restored, bit for bit.</summary>
public sealed class TranslatorTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private static readonly string[] s_sentences =
    [
        "Un homme joue de la guitare.", "Une petite fille mange une glace à la fraise dans un parc.", "Deux chiens courent sur la plage, près de l'eau !", "Qui est là ?", "Le zouglou de Abidjan.",
        "Un groupe de personnes attend le bus devant un vieux bâtiment rouge.", "Va !", "Une femme en robe bleue danse.",
    ];

    private readonly LoadedModel _model = ModelLoader.Load(ModelCatalog.Find(Path.Combine(SharedFolder.Repository, "models")).Resolve("translate-fr-en"), new ModelLoadOptions { Weights = WeightForm.Float32 });

    public static TheoryData<string> Golden => [.. File.ReadLines(Path.Combine(SharedFolder.Repository, "models", "translate-fr-en", "golden.jsonl"))];

    public void Dispose() => _model.Dispose();

    [Theory]
    [MemberData(nameof(Golden))]
    public async Task The_best_words_are_those_of_the_whole_sequence_in_the_training_code(string line)
    {
        using JsonDocument golden = JsonDocument.Parse(line);
        List<string> said = await RunAsync(BeamStages.Of(_model, 1), new EngineOptions(), [[golden.RootElement.GetProperty("text").GetString()!]]);
        Assert.Equal(golden.RootElement.GetProperty("answer").GetString(), Finals(said)[0].Split('\t')[1]);
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Probabilities_and_attention_are_those_of_the_whole_sequence_in_the_training_code(string line)
    {
        using JsonDocument golden = JsonDocument.Parse(line);
        JsonElement inputs = golden.RootElement.GetProperty("inputs");
        long[] words = [.. golden.RootElement.GetProperty("words").EnumerateArray().Select(static word => word.GetInt64())];
        using StreamSession session = new StreamingModel(_model.Executors).CreateSession();
        int reading = inputs.GetProperty("source").GetArrayLength();
        for (int step = 0; step < reading + words.Length - 1; step++)
        {
            foreach (string name in new[] { "source", "phase", "place" }) session.Input<long>(Port(name))[0] = step < reading ? inputs.GetProperty(name)[step][0].GetInt64() : 0;
            if (step >= reading) session.Input<long>(Port("phase"))[0] = (long)SentencePhase.Write;
            session.Input<long>(Port("target")).Fill(step < reading ? 0 : words[step - reading]);
            session.Input<long>(Port("parents")).Clear();
            session.Step();
            if (step < reading - 1) continue;
            int written = step - reading + 1;
            Assert.Equal(golden.RootElement.GetProperty("scores")[written].GetDouble(), session.Output<float>(0)[(int)words[written]], Tolerance);
            foreach ((JsonElement expected, int place) in golden.RootElement.GetProperty("attention")[written].EnumerateArray().Select(static (value, place) => (value, place)))
                Assert.Equal(expected.GetDouble(), session.Output<float>(1)[place], Tolerance);
        }
    }

    [Fact]
    public async Task Answers_have_the_same_bits_however_streams_are_batched()
    {
        string[][] streams = [.. Enumerable.Range(0, 24).Select(static i => new[] { s_sentences[i % s_sentences.Length] })];
        List<string> expected = await RunAsync(_model.Stages, new EngineOptions { MaxBatch = 1 }, streams);
        Assert.Equal(24, Finals(expected).Count);
        foreach ((int batch, int threads) in new[] { (2, 1), (7, 1), (64, 1), (5, 2) })
        {
            List<string> found = await RunAsync(_model.Stages, new EngineOptions { MaxBatch = batch, Threads = threads }, streams);
            Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Words_that_come_one_by_one_have_the_answer_of_the_whole_sentence()
    {
        List<string> whole = await RunAsync(_model.Stages, new EngineOptions(), [.. s_sentences.Select(static sentence => new[] { sentence })]);
        List<string> pieces = await RunAsync(_model.Stages, new EngineOptions(), [.. s_sentences.Select(static sentence => sentence.Chunk(3).Select(static letters => new string(letters)).ToArray())]);
        Assert.Equal(whole.Order(StringComparer.Ordinal), pieces.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Saved_and_restored_at_every_step_a_stream_goes_on_bit_for_bit()
    {
        List<string> expected = Whole(s_sentences[1]);
        for (int place = 0; ; place++)
        {
            using HandSteppedStream first = Begin(s_sentences[1]), second = Begin(s_sentences[0]);
            second.StepAll();
            int steps = 0;
            while (steps < place && first.Step()) steps++;
            if (steps < place) break;
            second.Said = first.Said;
            second.Restore(first.Save());
            second.StepAll();
            Assert.Equal(expected, second.Said);
        }
    }

    [Fact]
    public async Task A_durable_engine_that_is_stopped_amid_its_sentences_goes_on_with_them()
    {
        string folder = Directory.CreateTempSubdirectory("seqstream-translate-").FullName;
        try
        {
            string[][] streams = [.. Enumerable.Range(0, 48).Select(static i => new[] { s_sentences[i % s_sentences.Length] })];
            Dictionary<string, string> expected = Finals(await RunAsync(_model.Stages, new EngineOptions(), streams)).ToDictionary(static said => said.Split('\t')[0]);
            Dictionary<string, string> found = [];
            int resumed = 0;
            for (int life = 0; life < 12; life++)
            {
                using SqliteCheckpointStore store = new(folder);
                EngineOptions options = new() { MaxBatch = 4, Durability = new DurabilityOptions(store, "t") { Interval = TimeSpan.FromMilliseconds(1) } };
                int said = 0;
                foreach (string final in Finals(await RunAsync(_model.Stages, options, life == 0 ? streams : [], stop: _ => life < 11 && ++said == 12)))
                {
                    found[final.Split('\t')[0]] = final;
                    resumed += life > 0 ? 1 : 0;
                }
            }
            Assert.True(resumed > 0);
            Assert.All(found, pair => Assert.Equal(expected[pair.Key], pair.Value));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Steps_allocate_nothing_after_warm_up()
    {
        using HandSteppedStream stream = new(_model) { Said = null };
        long allocated = -1;
        FramePayload payload = Text(s_sentences[0] + "\n");
        for (int round = 0; round < 12; round++)
        {
            bool isKnown = Allocation.TryOf(() =>
            {
                stream.Accept(payload);
                stream.StepAll();
            }, out long bytes);
            if (isKnown) allocated = bytes;
        }
        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task Strange_lines_are_answered_or_refused_and_the_next_sentence_is_as_ever()
    {
        string expected = Finals(await RunAsync(_model.Stages, new EngineOptions(), [[s_sentences[0]]]))[0].Split('\t')[1];
        foreach (string line in new[] { "", " \n \n", "🙂👩‍🚀 🙂", "שלום עולם", "\u202eمرحبا بالعالم\u202c", ". . .", "'", new string('a', 5000), string.Concat(Enumerable.Repeat("un chien noir et ", 60)), "e\u0301te\u0301" })
        {
            List<string> said = Finals(await RunAsync(_model.Stages, new EngineOptions(), [[line], [s_sentences[0]], [line + "\n", s_sentences[0]]]));
            Assert.Contains(said, found => found.StartsWith($"1\t{expected}\t", StringComparison.Ordinal));
            Assert.Contains(said, found => found.StartsWith($"2\t{expected}\t", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("translate-fr-en", 5, "follows 1 to 4 hypotheses")]
    [InlineData("ner", 1, "has the decoder 'bio-tags', expected 'beam'")]
    public void A_beam_that_the_model_has_not_is_refused(string name, int width, string problem)
    {
        using LoadedModel model = ModelLoader.Load(ModelCatalog.Find(Path.Combine(SharedFolder.Repository, "models")).Resolve(name));
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => BeamStages.Of(model, width)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sentence_longer_than_the_memory_is_answered_in_pieces()
    {
        string words = string.Join(' ', Enumerable.Repeat("chien", 170));
        Assert.Equal(3, Finals(await RunAsync(_model.Stages, new EngineOptions(), [[words]])).Count);
    }

    private static FramePayload Text(string text)
    {
        FramePayload payload = new() { Content = FrameContent.Text };
        payload.AddText(Encoding.UTF8.GetBytes(text));
        return payload;
    }

    private static List<string> Finals(IEnumerable<string> said) => [.. said.Where(static line => !line.EndsWith("partial", StringComparison.Ordinal))];

    /// <summary>What the streams are told, in the order of the emissions: stream, text, score bits or "partial". Each gets its pieces, then its end.</summary>
    private static async Task<List<string>> RunAsync(StageFactory stages, EngineOptions options, string[][] streams, Func<string, bool>? stop = null)
    {
        List<string> said = [];
        await using StreamEngine engine = new(stages, options);
        Task writing = WriteAsync(engine, streams);
        await foreach (Emission emission in engine.Emissions.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            emission.Barrier?.Reached();
            bool isFinal = emission is { Kind: EmissionKind.Text, IsPartial: false };
            if (emission.Kind == EmissionKind.Text)
                said.Add($"{Encoding.UTF8.GetString(engine.Streams.Utf8Name(emission.Stream))}\t{Encoding.UTF8.GetString(emission.Text)}\t{(emission.IsPartial ? "partial" : $"{BitConverter.SingleToInt32Bits(emission.Score):x8}")}");
            engine.Pools.Emissions.Return(emission);
            if (isFinal && stop?.Invoke(said[^1]) == true) return said;
        }
        await writing;
        await engine.Completion;
        return said;
    }

    private static async Task WriteAsync(StreamEngine engine, string[][] streams)
    {
        try
        {
            for (int at = 0; at < streams.Length; at++)
            {
                StreamId stream = engine.Streams.Intern(Encoding.UTF8.GetBytes($"{at}"));
                foreach (string piece in streams[at]) await engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.Data, Position = at, Time = double.NaN, Payload = Text(piece) });
                await engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.End, Position = at, Time = double.NaN });
            }
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            // The engine was stopped.
        }
        finally
        {
            engine.Frames.TryComplete();
        }
    }

    private int Port(string name) => Enumerable.Range(0, _model.Signature.Inputs.Length).First(port => _model.Signature.Inputs[port].Name == name);

    private List<string> Whole(string sentence)
    {
        using HandSteppedStream stream = Begin(sentence);
        stream.StepAll();
        return stream.Said!;
    }

    private HandSteppedStream Begin(string sentence)
    {
        HandSteppedStream stream = new(_model);
        stream.Accept(Text(sentence));
        stream.End();
        return stream;
    }
}
