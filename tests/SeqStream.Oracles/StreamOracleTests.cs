using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using SeqStream.Contracts;
using SeqStream.Kernels;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Operators.Streaming;
using SeqStream.Ort;
using SeqStream.Plan;

namespace SeqStream.Oracles;

/// <summary>
/// Whole-sequence models with windows along time, compiled into steps: of all frames answered, without the first <c>Delay</c>, the next <c>Length(S)</c> are the
/// whole-sequence output. Several lanes start at different times, and NaN is fed after the end.
/// </summary>
public sealed class StreamOracleTests
{
    private const int Lanes = 3, MoreFrames = 24, Problems = 20_000, OrtProblems = 400, LookAheadProblems = 500, LongWindow = 128;
    private const float Tolerance = 2e-4f, LargestExact = 1 << 20, Magnified = 8;

    [Fact]
    public void Steps_of_random_models_equal_the_whole_sequence()
        => ForRandomSeeds(Problems, static seed =>
        {
            if (seed % 8 == 0) StepsEqualWhole(new StreamProblem(seed), static (problem, model, frames, x) => OfAnyKernel(model, frames, x), KernelChoice.Best);
            else StepsEqualWhole(new StreamProblem(seed), static (problem, model, frames, x) => OwnWhole(model, frames, x), KernelChoice.For(InstructionSet.Scalar));
        });

    /// <summary>It makes 27 frames of one, and runs only for lengths that are multiples of its first stride.</summary>
    [Fact]
    public void Steps_of_a_model_for_some_lengths_that_multiplies_frames_equal_the_whole_sequence()
        => StepsEqualWhole(new StreamProblem(1433276973), static (problem, model, frames, x) => OwnWhole(model, frames, x), KernelChoice.For(InstructionSet.Scalar));

    [Fact]
    public void Steps_of_random_models_equal_onnx_runtime()
    {
        OrtLibraryFinding finding = OrtLibrary.Find();
        Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
        ForRandomSeeds(OrtProblems, seed => StepsEqualWhole(new StreamProblem(seed, suitsOnnxRuntime: true), (problem, model, frames, x) => OrtWhole(finding.Library!, problem, model, frames, x), KernelChoice.Best));
    }

    /// <summary>Its scan magnifies the last bits, in which ONNX Runtime's sums are not ours.</summary>
    [Fact]
    public void Steps_of_a_model_that_magnifies_rounding_equal_onnx_runtime()
    {
        OrtLibraryFinding finding = OrtLibrary.Find();
        Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
        StepsEqualWhole(new StreamProblem(512442831, suitsOnnxRuntime: true), (problem, model, frames, x) => OrtWhole(finding.Library!, problem, model, frames, x), KernelChoice.Best);
    }

    /// <summary>With windows longer than the streams, layers in reverse direction are exact.</summary>
    [Fact]
    public void Steps_of_random_models_that_look_ahead_beyond_the_end_equal_the_whole_sequence()
        => ForRandomSeeds(LookAheadProblems, static seed => StepsEqualWhole(
            new StreamProblem(seed, looksAhead: true), static (problem, model, frames, x) => OwnWhole(model, frames, x), KernelChoice.For(InstructionSet.Scalar), new LoweringOptions { LookAhead = LongWindow }));

    private static void ForRandomSeeds(int problems, Action<int> check) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(problems).WithQuietOnSuccess(true),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), check));

    private delegate Dictionary<string, Whole> WholeRun(StreamProblem problem, OnnxModel model, int frames, float[] x);

    private static void StepsEqualWhole(StreamProblem problem, WholeRun wholeRun, KernelChoice choice, LoweringOptions? options = null)
    {
        OnnxModel model = OnnxModel.Parse(problem.ModelBytes, $"problem {problem.Seed}");
        LoweringResult result = OnnxLowering.Lower(model, options);
        Assert.True(result.Plan is not null, $"{problem} was refused: {string.Join("; ", result.Blockers)}");
        Random random = new(problem.Seed);
        Lane[] lanes = [.. Enumerable.Range(0, random.Next(1, Lanes + 1)).Select(_ => new Lane(problem, result, random))];
        foreach (Lane lane in lanes) lane.Whole = wholeRun(problem, model, lane.Frames, lane.X);
        using StreamingModel streaming = StreamingModel.FromPlan(result.Plan!, choice);
        using IStepExecutor executor = streaming.CreateExecutor(Lanes, Lanes);
        Run(executor, result, lanes, problem.Channels, random);
        foreach (Lane lane in lanes) lane.Compare(problem, result);
    }

    /// <summary>Steps the lanes that have begun and not ended, in random order, until all have ended.</summary>
    private static void Run(IStepExecutor executor, LoweringResult result, Lane[] lanes, int channels, Random random)
    {
        for (int turn = 0; lanes.Any(static lane => !lane.HasEnded); turn++)
        {
            Lane[] active = [.. lanes.Where(lane => lane.Start <= turn && !lane.HasEnded).OrderBy(_ => random.Next())];
            for (int at = 0; at < active.Length; at++)
            {
                if (active[at].Slot < 0) active[at].Slot = executor.Rent();
                active[at].Feed(executor, at, result.FramesPerStep, channels);
            }
            executor.Step([.. active.Select(static lane => lane.Slot)]);
            for (int at = 0; at < active.Length; at++) active[at].Take(executor, at, result);
        }
    }

    internal static Dictionary<string, Whole> OwnWhole(OnnxModel model, int frames, float[] x) => OwnWhole(model, frames, x, KernelChoice.For(InstructionSet.Scalar));

    private static Dictionary<string, Whole> OwnWhole(OnnxModel model, int frames, float[] x, KernelChoice choice)
    {
        LoweringResult whole = OnnxLowering.LowerWhole(model, new LoweringOptions { Dimensions = ImmutableDictionary<string, int>.Empty.Add("time", frames) });
        using StreamingModel streaming = StreamingModel.FromPlan(whole.PlanOrThrow(), choice);
        using IStepExecutor executor = streaming.CreateExecutor(1, 1);
        int slot = executor.Rent();
        MemoryMarshal.AsBytes<float>(x).CopyTo(executor.Input(0, 0));
        executor.Step([slot]);
        return whole.Plan!.Outputs.Select((output, port) => (output.Name, Whole: new Whole([.. output.Wire.Shape.Dimensions], MemoryMarshal.Cast<byte, float>(executor.Output(port, 0)).ToArray())))
            .ToDictionary(static pair => pair.Name, static pair => pair.Whole);
    }

    /// <summary>Kernels add in different orders, and some models magnify the last bits: how much, two of our own kernels tell. A few times their difference is allowed.</summary>
    private static Dictionary<string, Whole> OfAnyKernel(OnnxModel model, int frames, float[] x)
    {
        Dictionary<string, Whole> one = OwnWhole(model, frames, x), other = OwnWhole(model, frames, x, KernelChoice.Best);
        return one.ToDictionary(static pair => pair.Key, pair => pair.Value with { Slack = Magnified * Apart(pair.Value.Values, other[pair.Key].Values) });
    }

    internal static Dictionary<string, Whole> OrtWhole(OrtLibrary library, StreamProblem problem, OnnxModel model, int frames, float[] x)
    {
        using OrtSession session = OrtSession.Load(library, problem.ModelBytes, problem.ToString());
        Dictionary<string, Whole> own = OfAnyKernel(model, frames, x);
        return session.Run([OrtTensor.Float32("x", [1, problem.Channels, frames], x)]).ToDictionary(
            static pair => pair.Key, pair => new Whole([.. pair.Value.Dimensions.Select(static size => (int)size)], pair.Value.Values<float>().ToArray()) { Slack = own[pair.Key].Slack });
    }

    private static float Apart(float[] a, float[] b)
    {
        float most = 0;
        for (int i = 0; i < a.Length; i++)
        {
            if (!a[i].Equals(b[i])) most = MathF.Max(most, MathF.Abs(a[i] - b[i]));
        }
        return most;
    }

    /// <summary>An output of the whole-sequence model.</summary>
    internal sealed record Whole(int[] Shape, float[] Values)
    {
        /// <summary>By how much an answer may differ beside the tolerance of all.</summary>
        public float Slack { get; init; }
    }

    /// <summary>One stream and what its steps answered.</summary>
    private sealed class Lane
    {
        private readonly List<float>[] _answers;   // [output] steps one after the other, each [channels, frames per step]
        private readonly long _steps;
        private long _step;

        public Lane(StreamProblem problem, LoweringResult result, Random random)
        {
            Frames = ((int)result.ShortestStream + random.Next(MoreFrames)) / result.LengthMultiple * result.LengthMultiple;
            Start = random.Next(6);
            X = [.. Enumerable.Range(0, problem.Channels * Frames).Select(_ => problem.IsExact ? random.Next(-2, 3) : (random.NextSingle() * 4) - 2)];
            _answers = [.. result.Outputs.Select(static _ => new List<float>())];
            _steps = result.Outputs.Max(output => output.StepsFor(Frames)) + random.Next(2);
        }

        public int Frames { get; }

        public int Start { get; }

        public float[] X { get; }        // [channels, frames]

        public Dictionary<string, Whole> Whole { get; set; } = [];

        public int Slot { get; set; } = -1;

        public bool HasEnded => _step == _steps;

        public void Feed(IStepExecutor executor, int lane, int framesPerStep, int channels)
        {
            long first = _step * framesPerStep;
            if (first <= Frames && first + framesPerStep > Frames) StreamEnd.Announce(executor, Slot, Frames);
            Span<float> input = MemoryMarshal.Cast<byte, float>(executor.Input(0, lane));
            for (int channel = 0; channel < channels; channel++)
            {
                for (int frame = 0; frame < framesPerStep; frame++) input[(channel * framesPerStep) + frame] = first + frame < Frames ? X[(channel * Frames) + first + frame] : float.NaN;
            }
        }

        public void Take(IStepExecutor executor, int lane, LoweringResult result)
        {
            for (int port = 0; port < _answers.Length; port++) _answers[port].AddRange(MemoryMarshal.Cast<byte, float>(executor.Output(port, lane)));
            _step++;
        }

        public void Compare(StreamProblem problem, LoweringResult result)
        {
            for (int port = 0; port < _answers.Length; port++)
            {
                LoweredOutput output = result.Outputs[port];
                Whole whole = Whole[output.Name];
                if (output.Timing == OutputTiming.LastStep)
                {
                    CompareLast(problem, result, output, whole, _answers[port]);
                    continue;
                }
                int length = whole.Shape[output.Axis], channels = whole.Values.Length / Math.Max(length, 1);
                Assert.True(length == output.Length.Of(Frames), $"{problem}: output {output.Name} has {length} frames for a stream of {Frames}, predicted {output.Length}\n{result.Plan}");
                for (int element = 0; element < whole.Values.Length; element++)
                {
                    (int channel, int frame) = Math.DivRem(element, length);
                    (int step, int place) = Math.DivRem(frame + output.Delay, output.FramesPerStep);
                    float expected = whole.Values[element], found = _answers[port][(((step * channels) + channel) * output.FramesPerStep) + place];
                    Assert.True(IsSame(problem, whole, expected, found), $"{problem}: stream of {Frames} frames, output {output.Name}, channel {channel}, frame {frame}: whole sequence {expected}, steps {found}\n{result.Plan}");
                }
            }
        }

        /// <summary>The answer of the step in which the last frame has come is that of the whole sequence; a stream that knows its end keeps it.</summary>
        private void CompareLast(StreamProblem problem, LoweringResult result, LoweredOutput output, Whole whole, List<float> answers)
        {
            long first = (output.StepsFor(Frames) - 1) * whole.Values.Length;
            long end = result.Plan!.Layout.Fields.Any(static field => field.Name == StreamClock.LengthName) ? answers.Count : first + whole.Values.Length;
            for (long at = first; at < end; at++)
            {
                (float expected, float found) = (whole.Values[at % whole.Values.Length], answers[(int)at]);
                Assert.True(IsSame(problem, whole, expected, found), $"{problem}: stream of {Frames} frames, last frame of {output.Name}, element {at % whole.Values.Length} of step {at / whole.Values.Length}: whole sequence {expected}, steps {found}\n{result.Plan}");
            }
        }

        private static bool IsSame(StreamProblem problem, Whole whole, float expected, float found)
            => expected.Equals(found) || expected == found || (!(problem.IsExact && MathF.Abs(expected) < LargestExact) && MathF.Abs(expected - found) <= (Tolerance * (1 + MathF.Abs(expected))) + whole.Slack);
    }
}
