using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SeqStream.Contracts;
using SeqStream.Decoding;
using SeqStream.Execution;
using SeqStream.FrontEnds;
using SeqStream.Hosting.Catalog;
using SeqStream.Kernels;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Pipeline;
using SeqStream.Pipeline.Shards;

namespace SeqStream.Oracles;

/// <summary>
/// Whole-sequence models behind a real route: frames of several streams in random order, resets in between, ends by the feed or by a stop. Every stream's emissions are the whole-sequence
/// output, frame by frame and no frame more; a stream that is shorter than the model's shortest has none.
/// </summary>
public sealed class RouteOracleTests
{
    private const int Problems = 1500, OrtProblems = 150, RestartProblems = 150, MostStreams = 5, MoreFrames = 20;
    private const float Tolerance = 2e-4f;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Fact]
    public void Emissions_of_random_models_equal_the_whole_sequence()
        => ForRandomSeeds(Problems, static seed => EmissionsEqualWhole(new StreamProblem(seed), static (problem, model, frames, x) => StreamOracleTests.OwnWhole(model, frames, x)));

    [Fact]
    public void Emissions_of_random_models_equal_onnx_runtime()
    {
        OrtLibraryFinding finding = OrtLibrary.Find();
        Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
        ForRandomSeeds(OrtProblems, seed => EmissionsEqualWhole(new StreamProblem(seed, suitsOnnxRuntime: true), (problem, model, frames, x) => StreamOracleTests.OrtWhole(finding.Library!, problem, model, frames, x)));
    }

    [Fact]
    public void Emissions_are_the_same_however_often_the_route_is_stopped_and_started_again()
        => ForRandomSeeds(RestartProblems, static seed => EmissionsEqualWhole(new StreamProblem(seed), static (problem, model, frames, x) => StreamOracleTests.OwnWhole(model, frames, x), restarts: 1 + (seed % 4)));

    /// <summary>Its sums of hundreds cancel, and what is left is their last bits: the whole sequence and the route must use the same kernels.</summary>
    [Fact]
    public void Emissions_of_a_model_whose_sums_cancel_equal_the_whole_sequence()
        => EmissionsEqualWhole(new StreamProblem(253373800), static (problem, model, frames, x) => StreamOracleTests.OwnWhole(model, frames, x));

    private static void ForRandomSeeds(int problems, Action<int> check) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(problems).WithQuietOnSuccess(true),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), check));

    private static void EmissionsEqualWhole(StreamProblem problem, Func<StreamProblem, OnnxModel, int, float[], Dictionary<string, StreamOracleTests.Whole>> wholeOf, int restarts = 0)
    {
        OnnxModel model = OnnxModel.Parse(problem.ModelBytes, $"problem {problem.Seed}");
        LoweringResult lowering = OnnxLowering.Lower(model);
        Assert.True(lowering.Plan is not null, $"{problem} was refused: {string.Join("; ", lowering.Blockers)}");
        Random random = new(problem.Seed);
        Source[] sources = [.. Enumerable.Range(0, random.Next(1, MostStreams + 1)).Select(at => new Source($"s{at}", problem.Channels, random.Next(1, (int)lowering.ShortestStream + MoreFrames), lowering.ShortestStream, random))];
        using CancellationTokenSource stop = new();
        Feed feed = new(sources, random, restarts == 0 && random.Next(2) == 0 ? stop : null);
        Sink sink = new();
        EngineOptions options = new() { Threads = random.Next(1, 3), MaxBatch = random.Next(1, 5), FrameCapacity = 8, EmissionCapacity = 8 };
        ShardCounters counters = default;
        MemoryStore store = new();
        for (int life = 0; life <= restarts; life++)
        {
            feed.ItemsOfThisLife = life < restarts ? random.Next(30) : int.MaxValue;
            if (restarts > 0) options = options with { Durability = new DurabilityOptions(store, "r") { Interval = TimeSpan.FromMilliseconds(random.Next(1, 5)), HibernateAfter = TimeSpan.FromTicks(random.Next(2)) } };
            counters += new Route(feed, StagesOf(lowering), sink, options, new Faults()).RunAsync(stop.Token).WaitAsync(s_patience, TestContext.Current.CancellationToken).GetAwaiter().GetResult().Counters;
        }
        int Counted(Source source) => source.Frames / lowering.LengthMultiple * lowering.LengthMultiple;
        Dictionary<string, StreamOracleTests.Whole>? Whole(Source source) => Counted(source) < lowering.ShortestStream ? null : wholeOf(problem, model, Counted(source), source.First(Counted(source)));
        Assert.Equal(sources.Count(source => Counted(source) < lowering.ShortestStream), counters.TooShort);
        Assert.Equal(sources.Where(source => Counted(source) >= lowering.ShortestStream).Sum(source => source.Frames - Counted(source)), counters.CutFrames);
        foreach (Source source in sources) Compare(problem, lowering, source, sink.Said.GetValueOrDefault(source.Name, []), Whole(source));
    }

    private static StageFactory StagesOf(LoweringResult lowering)
    {
        StageFactory stages = new(NativeProgram.Bind(lowering.Plan!, KernelChoice.For(InstructionSet.Scalar)), static () => throw new InvalidOperationException(), static () => throw new InvalidOperationException()) { Timing = LagTiming.Of(lowering) };
        return stages with { CreateFrontEnd = FrontEndCatalog.Create("vector", default, stages.Signature), CreateDecoder = DecoderCatalog.Create("vector", default, [], stages.Signature) };
    }

    private static void Compare(StreamProblem problem, LoweringResult lowering, Source source, List<Said> all, Dictionary<string, StreamOracleTests.Whole>? whole)
    {
        foreach (LoweredOutput output in lowering.Outputs)
        {
            List<Said> said = [.. all.Where(said => said.Output == output.Name)];
            string where = $"{problem}: stream {source.Name} of {source.Frames} frames, output {output.Name} ({output.Length}, delay {output.Delay})";
            if (whole is null)
            {
                Assert.True(said.Count == 0, $"{where}: {said.Count} answers, though the shortest stream has {lowering.ShortestStream} frames");
                continue;
            }
            float[] expected = whole[output.Name].Values;
            if (output.Timing == OutputTiming.LastStep)
            {
                Assert.True(said.Count > 0, $"{where}: no answer");
                CompareValues(where, whole[output.Name].Slack, expected, said[^1].Values, lowering);
                continue;
            }
            int length = whole[output.Name].Shape[output.Axis], channels = expected.Length / Math.Max(length, 1);
            Assert.True(said.Count == length, $"{where}: {said.Count} answers, expected {length}");
            for (int frame = 0; frame < length; frame++)
            {
                long place = (long)Math.Floor(output.Origin + (frame * output.Length.SourceFramesPerFrame) + 1e-6);
                place = Math.Min(place, ((((frame + output.Delay) / output.FramesPerStep) + 1) * lowering.FramesPerStep) - 1);
                bool isInside = place >= 0 && place < source.Frames;
                Assert.True(said[frame].Step == frame, $"{where}: answer {frame} says step {said[frame].Step}");
                Assert.True(said[frame].Echo == (isInside ? $"\"f\":{place}" : ""), $"{where}: answer {frame} passes {said[frame].Echo} through, expected frame {place}");
                Assert.True(said[frame].Time.Equals(isInside ? place / 8d : double.NaN), $"{where}: answer {frame} has time {said[frame].Time}, expected that of frame {place}");
                CompareValues($"{where}, frame {frame}", whole[output.Name].Slack, [.. Enumerable.Range(0, channels).Select(channel => expected[(channel * length) + frame])], said[frame].Values, lowering);
            }
        }
    }

    private static void CompareValues(string where, float slack, float[] expected, double[] found, LoweringResult lowering)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int at = 0; at < expected.Length; at++)
        {
            (float number, float answer) = (expected[at], (float)found[at]);
            Assert.True(MathF.Abs(number - answer) <= (Tolerance * (1 + MathF.Abs(number))) + slack || number.Equals(answer), $"{where}, element {at}: whole sequence {number}, route {answer}\n{lowering.Plan}");
        }
    }

    /// <summary>What an emission says of one output.</summary>
    private sealed record Said(string Output, long Step, double Time, string Echo, double[] Values);

    /// <summary>One stream: if it is long enough to have answers of its own, perhaps some frames and a reset first; then its frames, and an end of its own if the feed is to give it one.</summary>
    private sealed class Source
    {
        public Source(string name, int channels, int frames, long shortest, Random random)
        {
            (Name, Channels, Frames) = (name, channels, frames);
            FramesBeforeReset = frames >= shortest && random.Next(3) == 0 ? random.Next(1, 12) : 0;
            EndsItself = random.Next(2) == 0;
            X = [.. Enumerable.Range(0, channels * frames).Select(_ => (random.NextSingle() * 4) - 2)];
        }

        public string Name { get; }

        public int Channels { get; }

        public int Frames { get; }

        public int FramesBeforeReset { get; }

        public bool EndsItself { get; }

        public float[] X { get; }   // [channels, frames]

        /// <summary>[channels, count] the first frames.</summary>
        public float[] First(int count) => [.. Enumerable.Range(0, Channels).SelectMany(channel => X.Skip(channel * Frames).Take(count))];

        public int Next { get; set; }

        public int Items => FramesBeforeReset + (FramesBeforeReset > 0 ? 1 : 0) + Frames + (EndsItself ? 1 : 0);
    }

    private sealed class Feed(Source[] sources, Random random, CancellationTokenSource? stop) : IFrameFeed
    {
        public string Source => "test";

        /// <summary>Items after which this life of the route ends.</summary>
        public int ItemsOfThisLife { get; set; }

        public async Task ReadAsync(FeedContext context, CancellationToken cancellation)
        {
            while (sources.Where(static source => source.Next < source.Items).ToArray() is { Length: > 0 } open)
            {
                Source source = open[random.Next(open.Length)];
                if (ItemsOfThisLife == 0) return;
                for (int chunk = random.Next(1, 10); chunk > 0 && source.Next < source.Items && ItemsOfThisLife > 0; chunk--, ItemsOfThisLife--) await context.Frames.WriteAsync(Item(context, source, source.Next++), CancellationToken.None);
            }
            if (stop is not null)
            {
                await stop.CancelAsync();
                cancellation.ThrowIfCancellationRequested();
            }
            foreach (Source source in sources.Where(static source => !source.EndsItself)) await context.Frames.WriteAsync(new Frame { Stream = context.Streams.Intern(source.Name), Kind = FrameKind.End }, cancellation);
        }

        private static Frame Item(FeedContext context, Source source, int item)
        {
            StreamId stream = context.Streams.Intern(source.Name);
            if (item < source.FramesBeforeReset) return Data(context, stream, source, item % source.Frames, -1);
            int first = source.FramesBeforeReset > 0 ? source.FramesBeforeReset + 1 : 0;
            if (item < first) return new Frame { Stream = stream, Kind = FrameKind.Reset };
            return item - first < source.Frames ? Data(context, stream, source, item - first, item - first) : new Frame { Stream = stream, Kind = FrameKind.End };
        }

        private static Frame Data(FeedContext context, StreamId stream, Source source, int frame, int said)
        {
            FramePayload payload = context.Payloads.Rent();
            payload.BeginSegment(0, isInteger: false);
            for (int channel = 0; channel < source.Channels; channel++) payload.Add(source.X[(channel * source.Frames) + frame]);
            payload.AddEcho(Encoding.UTF8.GetBytes($"\"f\":{said}"));
            return new Frame { Stream = stream, Kind = FrameKind.Data, Time = said / 8d, Payload = payload };
        }
    }

    /// <summary>Keeps what was said since a stream's last reset, which is told apart by frames with a negative number.</summary>
    private sealed class Sink : IEmissionSink
    {
        public Dictionary<string, List<Said>> Said { get; } = [];

        public async Task WriteAsync(SinkContext context, CancellationToken cancellation)
        {
            await foreach (Emission emission in context.Emissions.ReadAllAsync(cancellation))
            {
                if (emission.Kind == EmissionKind.Barrier)
                {
                    emission.Barrier!.Reached();
                    context.Pool.Return(emission);
                    continue;
                }
                string name = context.Streams.Name(emission.Stream);
                if (!Said.TryGetValue(name, out List<Said>? said)) Said[name] = said = [];
                for (int at = 0; at < emission.OutputCount; at++)
                {
                    EmissionOutput output = emission.Output(at);
                    if (emission.Step == 0) said.RemoveAll(earlier => earlier.Output == output.Name);
                    said.Add(new Said(output.Name, emission.Step, emission.Time, Encoding.UTF8.GetString(emission.Echo), emission.Values(output).ToArray()));
                }
                context.Pool.Return(emission);
            }
        }
    }

    private sealed class Faults : IFaultReporter
    {
        public void Report(in RecordFault fault) => Assert.Fail(fault.Problem);
    }
}
