using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using SeqStream.Contracts;
using SeqStream.Kernels;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Plan;

namespace SeqStream.Oracles;

/// <summary>
/// The three oracles over random models: stepping equals the whole sequence (ONNX Runtime); lanes that join and leave equal streams alone, bit for
/// bit; saved, restored and forked streams go on as if nothing had happened, bit for bit.
/// </summary>
public sealed class SequenceOracleTests
{
    private const float Tolerance = 1e-4f;

    private static StepPlan Lower(SequenceProblem problem)
    {
        LoweringResult result = OnnxLowering.Lower(OnnxModel.Parse(problem.ModelBytes, $"problem {problem.Seed}"));
        Assert.True(result.Plan is not null, $"{problem} was refused: {string.Join("; ", result.Blockers)}");
        return result.Plan!;
    }

    [Fact]
    public void Stepping_equals_the_whole_sequence()
    {
        OrtLibraryFinding finding = OrtLibrary.Find();
        Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
        ForRandomSeeds(300, seed => StepsEqualWhole(finding.Library!, seed, KernelChoice.Best));
    }

    [Fact]
    public void Every_instruction_set_steps_like_the_whole_sequence()
    {
        OrtLibraryFinding finding = OrtLibrary.Find();
        Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
        foreach (KernelChoice choice in KernelChoice.Available)
        {
            for (int seed = 1000; seed < 1060; seed++) StepsEqualWhole(finding.Library!, seed, choice);
        }
    }

    [Fact]
    public void Lanes_that_join_and_leave_equal_streams_alone_bit_for_bit()
        => ForRandomSeeds(100, LanesEqualStreamsAlone);

    [Fact]
    public void Saved_restored_and_forked_streams_go_on_bit_for_bit()
        => ForRandomSeeds(100, MovedEqualsNeverMoved);

    private static void ForRandomSeeds(int problems, Action<int> check) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(problems).WithQuietOnSuccess(true),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), check));

    private static void StepsEqualWhole(OrtLibrary library, int seed, KernelChoice choice)
    {
        SequenceProblem problem = new(seed);
        using OrtSession whole = OrtSession.Load(library, problem.ModelBytes, problem.ToString());
        using StreamingModel model = StreamingModel.FromPlan(Lower(problem), choice);
        using StreamSession session = model.CreateSession();
        Random random = new(seed);
        int steps = random.Next(1, 14);
        List<float> features = [];
        List<long> tokens = [];
        List<float> answers = [];
        for (int step = 0; step < steps; step++)
        {
            WriteInput(problem, random, session.Input<byte>(0), features, tokens);
            session.Step();
            float[] answer = session.Output<float>(0).ToArray();
            if (problem.AnswersLastStep) AssertClose(problem, choice, step, Whole(whole, problem, features, tokens), answer);
            answers.AddRange(answer);
        }
        if (!problem.AnswersLastStep) AssertClose(problem, choice, steps, Whole(whole, problem, features, tokens), [.. answers]);
    }

    private static float[] Whole(OrtSession whole, SequenceProblem problem, List<float> features, List<long> tokens)
    {
        long steps = problem.TakesTokens ? tokens.Count : features.Count / problem.InputWidth;
        OrtTensor input = problem.TakesTokens
            ? OrtTensor.Int64("x", [1, steps], CollectionsMarshal.AsSpan(tokens))
            : OrtTensor.Float32("x", problem.IsTimeFirst ? [steps, 1, problem.InputWidth] : [1, steps, problem.InputWidth], CollectionsMarshal.AsSpan(features));
        return whole.Run([input])["y"].Values<float>().ToArray();
    }

    private static void WriteInput(SequenceProblem problem, Random random, Span<byte> input, List<float>? features = null, List<long>? tokens = null)
    {
        if (problem.TakesTokens)
        {
            long token = random.Next(SequenceProblem.Vocabulary);
            MemoryMarshal.Cast<byte, long>(input)[0] = token;
            tokens?.Add(token);
            return;
        }
        Span<float> x = MemoryMarshal.Cast<byte, float>(input);
        for (int i = 0; i < x.Length; i++) x[i] = random.NextSingle() * 2 - 1;
        features?.AddRange(x);
    }

    private static void LanesEqualStreamsAlone(int seed)
    {
        const int Streams = 12;
        SequenceProblem problem = new(seed);
        using StreamingModel model = StreamingModel.FromPlan(Lower(problem));
        using IStepExecutor batched = model.CreateExecutor(maxLanes: 9, expectedStreams: Streams);
        using IStepExecutor alone = model.CreateExecutor(maxLanes: 1, expectedStreams: Streams);
        int[] slots = [.. Enumerable.Range(0, Streams).Select(_ => batched.Rent())];
        int[] aloneSlots = [.. Enumerable.Range(0, Streams).Select(_ => alone.Rent())];
        Random random = new(seed);
        for (int turn = 0; turn < 25; turn++)
        {
            int[] chosen = [.. Enumerable.Range(0, Streams).OrderBy(_ => random.Next()).Take(random.Next(1, 10))];
            for (int lane = 0; lane < chosen.Length; lane++) WriteInput(problem, random, batched.Input(0, lane));
            byte[][] inputs = [.. Enumerable.Range(0, chosen.Length).Select(lane => batched.Input(0, lane).ToArray())];
            batched.Step([.. chosen.Select(stream => slots[stream])]);
            for (int lane = 0; lane < chosen.Length; lane++)
            {
                inputs[lane].CopyTo(alone.Input(0, 0));
                alone.Step([aloneSlots[chosen[lane]]]);
                Assert.True(alone.Output(0, 0).SequenceEqual(batched.Output(0, lane)), $"{problem}: turn {turn}, lane {lane} of {chosen.Length} differs from the stream alone");
            }
        }
    }

    private static void MovedEqualsNeverMoved(int seed)
    {
        SequenceProblem problem = new(seed);
        StepPlan plan = Lower(problem);
        using StreamingModel model = StreamingModel.FromPlan(plan);
        using StreamingModel elsewhere = StreamingModel.FromPlan(Lower(problem));
        using StreamSession never = model.CreateSession();
        StreamSession moving = model.CreateSession();
        Random random = new(seed);
        for (int step = 0; step < 20; step++)
        {
            if (random.Next(3) == 0) moving = Move(moving, random.Next(2) == 0 ? elsewhere : model, random);
            WriteInput(problem, random, never.Input<byte>(0));
            never.Input<byte>(0).CopyTo(moving.Input<byte>(0));
            if (random.Next(3) == 0) moving.Peek();
            never.Input<byte>(0).CopyTo(moving.Input<byte>(0));
            never.Step();
            moving.Step();
            Assert.True(never.Output<byte>(0).SequenceEqual(moving.Output<byte>(0)), $"{problem}: step {step} differs after a move");
        }
        moving.Dispose();
    }

    private static StreamSession Move(StreamSession session, StreamingModel target, Random random)
    {
        using StreamSession left = session;
        if (random.Next(3) == 0) return session.Fork();
        StreamSession arrived = target.CreateSession();
        arrived.Restore(session.Save());
        return arrived;
    }

    private static void AssertClose(SequenceProblem problem, KernelChoice choice, int step, float[] expected, float[] found)
    {
        Assert.True(expected.Length == found.Length, $"{problem}: {found.Length} numbers instead of {expected.Length}");
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(MathF.Abs(expected[i] - found[i]) <= Tolerance, $"{problem}, {choice.InstructionSet}, step {step}, element {i}: whole sequence {expected[i]}, stepped {found[i]}");
        }
    }
}
