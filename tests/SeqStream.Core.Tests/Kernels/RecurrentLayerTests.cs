using SeqStream.Cells;
using SeqStream.TestSupport;

namespace SeqStream.Kernels;

public sealed unsafe class RecurrentLayerTests
{
    public static TheoryData<CellKind, InstructionSet> KindsAndVectors()
    {
        TheoryData<CellKind, InstructionSet> data = [];
        foreach (KernelChoice choice in KernelChoice.Available)
        {
            foreach (CellKind kind in Enum.GetValues<CellKind>()) data.Add(kind, choice.InstructionSet);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(KindsAndVectors))]
    public void Step_equals_the_scalar_specification(CellKind kind, InstructionSet set)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            LayerProblem problem = new(kind, seed);
            AssertLikeSpecification(problem, KernelChoice.For(set), 3e-6f);
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndVectors))]
    public void A_lane_has_the_same_bits_in_every_batch(CellKind kind, InstructionSet set)
    {
        for (int seed = 0; seed < 200; seed++)
        {
            LayerProblem problem = new(kind, seed, hidden: seed % 40 == 39 ? 129 + seed : null);
            AssertBatchInvariant(problem, KernelChoice.For(set));
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndVectors))]
    public void Step_with_every_option_equals_the_scalar_specification(CellKind kind, InstructionSet set)
    {
        for (int seed = 0; seed < 80; seed++)
        {
            AssertLikeSpecification(RandomOptions(kind, seed), KernelChoice.For(set), 6e-6f);
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndVectors))]
    public void A_lane_with_any_option_has_the_same_bits_in_every_batch(CellKind kind, InstructionSet set)
    {
        for (int seed = 0; seed < 200; seed++) AssertBatchInvariant(RandomOptions(kind, seed), KernelChoice.For(set));
    }

    [Theory]
    [MemberData(nameof(KindsAndVectors))]
    public void Step_allocates_nothing(CellKind kind, InstructionSet set)
    {
        LayerProblem problem = new(kind, 5, input: 7, hidden: 33);
        RecurrentLayer layer = RecurrentLayer.Pack(problem.Weights, problem.Options, KernelChoice.For(set));
        using AlignedBuffer scratch = new(layer.ScratchBytes(9)), rows = new(9 * 512), x = new(9 * 7 * 4), y = new(9 * 33 * 4);
        byte** pointers = stackalloc byte*[9];
        for (int m = 0; m < 9; m++) pointers[m] = rows.Pointer + m * 512;
        layer.Prewarm(9);
        layer.Step(x.Pointer, 28, 9, pointers, 0, 256, y.Pointer, 132, scratch.Pointer);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int lanes = 1; lanes <= 9; lanes++) layer.Step(x.Pointer, 28, lanes, pointers, 0, 256, y.Pointer, 132, scratch.Pointer);
        }));
    }

    [Theory]
    [MemberData(nameof(KindsAndVectors))]
    public void NaN_in_one_lane_stays_in_that_lane(CellKind kind, InstructionSet set)
    {
        LayerProblem problem = new(kind, 11, input: 3, hidden: 20);
        RecurrentLayer layer = RecurrentLayer.Pack(problem.Weights, problem.Options, KernelChoice.For(set));
        using AlignedBuffer scratch = new(layer.ScratchBytes(7));
        float[] x = problem.Uniform(7 * 3, 1);
        x[4 * 3 + 1] = float.NaN;
        float[] y = problem.Step(layer, x, problem.RandomRows(7), problem.Shuffle(7), scratch);
        for (int m = 0; m < 7; m++) Assert.All(y[(m * 20)..((m + 1) * 20)], v => Assert.Equal(m == 4, float.IsNaN(v)));
    }

    [Fact]
    public void Pack_refuses_a_wrong_number_of_activations()
    {
        LayerProblem problem = new(CellKind.Gru, 1, new CellOptions { Activations = [new CellActivation(ActivationKind.Tanh)] });
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => RecurrentLayer.Pack(problem.Weights, problem.Options, KernelChoice.Best));
        Assert.Contains("Gru has 1 activations; expected 2", thrown.Message, StringComparison.Ordinal);
    }

    private static LayerProblem RandomOptions(CellKind kind, int seed)
    {
        Random random = new(seed + 1000);
        ActivationKind[] functions = Enum.GetValues<ActivationKind>();
        int count = kind switch { CellKind.Rnn => 1, CellKind.Gru => 2, _ => 3 };
        CellOptions options = new()
        {
            Activations = random.Next(3) == 0 ? [] : [.. Enumerable.Range(0, count).Select(_ => new CellActivation(functions[random.Next(functions.Length)], 0.4f, 0.3f))],
            Clip = random.Next(2) == 0 ? 0 : 0.7f,
            InputForget = random.Next(2) == 0,
            LinearBeforeReset = random.Next(2) == 0,
        };
        return new LayerProblem(kind, seed, options, peepholes: kind == CellKind.Lstm && random.Next(2) == 0);
    }

    internal static void AssertLikeSpecification(LayerProblem problem, KernelChoice choice, float tolerance)
    {
        const int Streams = 5;
        RecurrentLayer layer = RecurrentLayer.Pack(problem.Weights, problem.Options, choice);
        RecurrentLayer specification = RecurrentLayer.Pack(problem.Weights, problem.Options, KernelChoice.For(InstructionSet.Scalar));
        using AlignedBuffer scratch = new(layer.ScratchBytes(Streams)), specificationScratch = new(specification.ScratchBytes(Streams));
        float[] rows = problem.RandomRows(Streams), expectedRows = [.. rows];
        for (int step = 0; step < 4; step++)
        {
            int[] streams = problem.Shuffle(Streams)[..(step % 2 == 0 ? 1 : Streams)];
            float[] x = problem.Uniform(streams.Length * problem.Weights.InputSize, 1);
            float[] y = problem.Step(layer, x, rows, streams, scratch);
            float[] expected = problem.Step(specification, x, expectedRows, streams, specificationScratch);
            AssertNear(expected, y, tolerance, problem);
            AssertNear(expectedRows, rows, tolerance, problem);
            problem.AssertGuards(rows);
            expectedRows.CopyTo(rows, 0); // unbounded functions would let differences grow from step to step
        }
    }

    /// <summary>Steps streams alone, and the same streams in random batches in random order; lanes join and leave at every step.</summary>
    internal static void AssertBatchInvariant(LayerProblem problem, KernelChoice choice)
    {
        const int Streams = 23;
        RecurrentLayer layer = RecurrentLayer.Pack(problem.Weights, problem.Options, choice);
        using AlignedBuffer scratch = new(layer.ScratchBytes(Streams));
        float[] batched = problem.RandomRows(Streams), alone = [.. batched];
        for (int step = 0; step < 5; step++)
        {
            int[] streams = problem.Shuffle(Streams)[..(1 + problem.Next(Streams))];
            float[] x = problem.Uniform(streams.Length * problem.Weights.InputSize, 1);
            bool wantY = step != 2;
            float[] y = problem.Step(layer, x, batched, streams, scratch, wantY);
            for (int m = 0; m < streams.Length; m++)
            {
                int input = problem.Weights.InputSize, hidden = problem.Weights.HiddenSize;
                float[] yAlone = problem.Step(layer, x[(m * input)..((m + 1) * input)], alone, [streams[m]], scratch, wantY);
                if (!y.AsSpan(m * hidden, hidden).SequenceEqual(yAlone)) Assert.Fail($"Outputs of lane {m} of {streams.Length} differ: {Name(problem)}.");
            }
            if (!batched.AsSpan().SequenceEqual(alone)) Assert.Fail($"States differ after {streams.Length} lanes: {Name(problem)}.");
        }
        problem.AssertGuards(batched);
    }

    private static void AssertNear(float[] expected, float[] found, float tolerance, LayerProblem problem)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (MathF.Abs(expected[i] - found[i]) <= tolerance * MathF.Max(1, MathF.Abs(expected[i]))) continue;
            Assert.Fail($"{Name(problem)}: value {i} is {found[i]:R}, expected {expected[i]:R}.");
        }
    }

    private static string Name(LayerProblem problem) => $"{problem.Weights.Kind} ({problem.Weights.InputSize},{problem.Weights.HiddenSize}) {problem.Options}";
}
