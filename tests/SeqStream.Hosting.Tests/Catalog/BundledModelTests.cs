using SeqStream.Contracts;
using SeqStream.Decoding;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;
using SeqStream.Hosting.Verification;
using SeqStream.Onnx.Lowering;
using SeqStream.Pipeline;
using SeqStream.TestSupport;
using SeqStream.Weights;

namespace SeqStream.Hosting.Tests.Catalog;

/// <summary>What every bundled model keeps: the features and answers of its training code, steps equal to the whole, no allocation, and the figures of its card.</summary>
public sealed class BundledModelTests
{
    private const double Tolerance = 1e-4;
    private static readonly ModelLoadOptions s_exact = new() { Weights = WeightForm.Float32 };

    public static TheoryData<string> Models => [.. Catalog.Names()];

    public static TheoryData<string> ModelsWithGoldenPorts => [.. Catalog.Names().Where(static name => GoldenSequence.Of(name).Any())];

    private static ModelCatalog Catalog { get; } = ModelCatalog.Find(Path.Combine(SharedFolder.Repository, "models"));

    [Theory]
    [MemberData(nameof(ModelsWithGoldenPorts))]
    public async Task Features_and_answers_equal_those_of_the_training_code(string name)
    {
        using LoadedModel model = ModelLoader.Load(Catalog.Resolve(name), s_exact);
        foreach (GoldenSequence sequence in GoldenSequence.Of(name))
        {
            Dictionary<string, List<double[]>> inputs = model.FrameSignature.Inputs.ToDictionary(static port => port.Name, static _ => new List<double[]>());
            Dictionary<string, List<double[]>> outputs = model.FrameSignature.Outputs.ToDictionary(static port => port.Name, static _ => new List<double[]>());
            await RunAsync(model, sequence, inputs, outputs);
            foreach ((string port, List<double[]> steps) in inputs) Compare(sequence.Steps("inputs", port), steps, $"input '{port}'");
            foreach ((string port, List<double[]> steps) in outputs) Compare(sequence.Steps("outputs", port), steps, $"output '{port}'");
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Steps_equal_the_whole(string name)
    {
        ModelReference reference = Catalog.Resolve(name);
        LoweringResult lowering = ModelLoader.Inspect(reference, s_exact);
        VerificationReport report = ModelVerifier.Verify(reference.ModelPath, lowering, reference.Card.Bounds, new VerificationOptions { Rounds = 1 });
        Assert.True(report.IsEqual, $"{name}: {report.FirstDifference}");
        Assert.True(report.Frames > 0);
    }

    /// <summary>Front ends and decoders of streams that ended serve others, which must not find anything in them.</summary>
    [Theory]
    [MemberData(nameof(ModelsWithGoldenPorts))]
    public void Stream_that_ended_or_was_reset_remembers_what_a_new_one_does(string name)
    {
        using LoadedModel model = ModelLoader.Load(Catalog.Resolve(name));
        StageFactory stages = model.Stages;
        using LiveStream stream = new(stages.Executors, stages.CreateFrontEnd, stages.CreateDecoder, stages.Timing);
        byte[] first = stream.Save();
        foreach (GoldenSequence sequence in GoldenSequence.Of(name))
        {
            foreach (bool ends in (bool[])[true, false])
            {
                foreach (FramePayload frame in sequence.Frames()) Assert.True(stream.Push(frame, 12.5).IsAccepted);
                Assert.False(first.AsSpan().SequenceEqual(stream.Save()));
                if (ends) stream.End();
                else stream.Reset();
                while (stream.TryTake(out Emission? emission)) stream.Return(emission);
                Assert.Equal(first, stream.Save());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Step_allocates_nothing(string name)
    {
        using LoadedModel model = ModelLoader.Load(Catalog.Resolve(name));
        using StreamingModel streaming = new(model.Executors);
        using StreamSession session = streaming.CreateSession();
        for (int i = 0; i < 50; i++) session.Step();
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 50; i++) session.Step();
        }));
    }

    private static async Task RunAsync(LoadedModel model, GoldenSequence sequence, Dictionary<string, List<double[]>> inputs, Dictionary<string, List<double[]>> outputs)
    {
        StageFactory stages = model.Stages with
        {
            CreateFrontEnd = () => new RecordingFrontEnd(model.Stages.CreateFrontEnd(), model.FrameSignature, inputs),
            CreateDecoder = DecoderCatalog.Create("vector", default, [], model.FrameSignature),
        };
        await using StreamEngine engine = new(stages, new EngineOptions());
        StreamId stream = engine.Streams.Intern("golden");
        Task reading = ReadAsync(engine, outputs);
        foreach (FramePayload payload in sequence.Frames()) await engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.Data, Time = double.NaN, Payload = payload });
        await engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.End, Time = double.NaN });
        engine.Frames.Complete();
        await reading;
        await engine.Completion;
    }

    private static async Task ReadAsync(StreamEngine engine, Dictionary<string, List<double[]>> outputs)
    {
        await foreach (Emission emission in engine.Emissions.ReadAllAsync())
        {
            for (int i = 0; i < emission.OutputCount; i++) outputs[emission.Output(i).Name].Add([.. emission.Values(emission.Output(i))]);
        }
    }

    private static void Compare(double[][]? expected, List<double[]> found, string what)
    {
        if (expected is null) return;
        Assert.True(expected.Length == found.Count, $"{what}: found {found.Count} steps, expected {expected.Length}");
        for (int step = 0; step < expected.Length; step++)
        {
            Assert.Equal(expected[step].Length, found[step].Length);
            for (int i = 0; i < expected[step].Length; i++)
            {
                double difference = Math.Abs(expected[step][i] - found[step][i]);
                Assert.True(difference <= Tolerance * Math.Max(1, Math.Abs(expected[step][i])), $"{what}, step {step}, element {i}: found {found[step][i]}, expected {expected[step][i]}");
            }
        }
    }
}
