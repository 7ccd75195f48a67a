using System.Collections.Immutable;
using SeqStream.Kernels;
using SeqStream.TestSupport;

namespace SeqStream.Cells;

public sealed unsafe class SequenceRunnerTests
{
    [Fact]
    public void Run_equals_the_scalar_cell_walked_by_hand()
    {
        Random random = new(21);
        for (int i = 0; i < 300; i++)
        {
            CellKind kind = (CellKind)random.Next(3);
            SequenceDirection direction = (SequenceDirection)random.Next(3);
            AssertLikeByHand(new Case(random, kind, direction, random.Next(2)), KernelChoice.Available[random.Next(KernelChoice.Available.Count)]);
        }
    }

    [Fact]
    public void Run_allocates_nothing()
    {
        Case problem = new(new Random(2), CellKind.Lstm, SequenceDirection.Bidirectional, 0);
        SequenceRunner runner = problem.Pack(KernelChoice.Best);
        Result result = new(problem);
        using AlignedBuffer scratch = new(runner.ScratchBytes(problem.Batch));
        problem.Run(runner, result, scratch);
        Assert.Equal(0, Allocation.Of(() => problem.Run(runner, result, scratch)));
    }

    [Fact]
    public void A_runner_refuses_layers_that_do_not_fit_its_direction()
    {
        Case problem = new(new Random(2), CellKind.Gru, SequenceDirection.Forward, 0);
        ImmutableArray<RecurrentLayer> layers = problem.Pack(KernelChoice.Best).Layers;
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new SequenceRunner(SequenceDirection.Bidirectional, layers, 0));
        Assert.Contains("needs 2 layers, but 1 were given", thrown.Message, StringComparison.Ordinal);
    }

    private static void AssertLikeByHand(Case problem, KernelChoice choice)
    {
        SequenceRunner runner = problem.Pack(choice);
        Result found = new(problem), expected = new(problem);
        using AlignedBuffer scratch = new(runner.ScratchBytes(problem.Batch));
        problem.Run(runner, found, scratch);
        problem.Run(runner, found, scratch);
        problem.WalkByHand(expected);
        AssertNear(expected.Y, found.Y);
        AssertNear(expected.FinalH, found.FinalH);
        if (problem.Kind == CellKind.Lstm) AssertNear(expected.FinalC, found.FinalC);
    }

    private static void AssertNear(float[] expected, float[] found)
    {
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-5f);
    }

    private sealed class Result(Case problem)
    {
        public float[] Y { get; } = Filled(problem.Steps * problem.Directions * problem.Batch * problem.Hidden);

        public float[] FinalH { get; } = Filled(problem.Directions * problem.Batch * problem.Hidden);

        public float[] FinalC { get; } = Filled(problem.Directions * problem.Batch * problem.Hidden);

        private static float[] Filled(int count)
        {
            float[] values = new float[count];
            Array.Fill(values, float.NaN);
            return values;
        }
    }

    private sealed class Case
    {
        private readonly SequenceDirection _direction;
        private readonly int _layout;
        private readonly ImmutableArray<CellWeights> _weights;
        private readonly ImmutableArray<CellOptions> _options;
        private readonly float[] _x;
        private readonly int[]? _lengths;
        private readonly float[]? _initialH;
        private readonly float[]? _initialC;

        public Case(Random random, CellKind kind, SequenceDirection direction, int layout)
        {
            Kind = kind;
            _direction = direction;
            _layout = layout;
            Directions = direction == SequenceDirection.Bidirectional ? 2 : 1;
            Steps = 1 + random.Next(6);
            Batch = 1 + random.Next(5);
            Inputs = 1 + random.Next(5);
            Hidden = 1 + random.Next(20);
            float[] Uniform(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
            int gates = kind switch { CellKind.Rnn => 1, CellKind.Gru => 3, _ => 4 };
            _weights =
            [
                .. Enumerable.Range(0, Directions).Select(_ => new CellWeights(
                    kind, Inputs, Hidden, Uniform(gates * Hidden * Inputs), Uniform(gates * Hidden * Hidden), Uniform(2 * gates * Hidden))),
            ];
            _options = [.. Enumerable.Range(0, Directions).Select(_ => new CellOptions { LinearBeforeReset = random.Next(2) == 0 })];
            _x = Uniform(Steps * Batch * Inputs);
            _lengths = random.Next(2) == 0 ? null : [.. Enumerable.Range(0, Batch).Select(_ => random.Next(Steps + 1))];
            _initialH = random.Next(2) == 0 ? null : Uniform(Directions * Batch * Hidden);
            _initialC = random.Next(2) == 0 || kind != CellKind.Lstm ? null : Uniform(Directions * Batch * Hidden);
        }

        public CellKind Kind { get; }

        public int Directions { get; }

        public int Steps { get; }

        public int Batch { get; }

        public int Inputs { get; }

        public int Hidden { get; }

        public SequenceRunner Pack(KernelChoice choice) => SequenceRunner.Pack(_direction, _weights, _options, _layout, choice);

        public void Run(SequenceRunner runner, Result result, AlignedBuffer scratch)
        {
            fixed (float* x = _x, h = _initialH, c = _initialC, y = result.Y, yh = result.FinalH, yc = result.FinalC)
            fixed (int* lengths = _lengths)
            {
                SequenceBuffers buffers = new() { X = x, Lengths = lengths, InitialH = h, InitialC = c, Y = y, FinalH = yh, FinalC = yc };
                runner.Run(in buffers, Steps, Batch, scratch.Pointer);
            }
        }

        /// <summary>The definition: each sequence by itself, its own steps in its own order.</summary>
        public void WalkByHand(Result result)
        {
            Array.Clear(result.Y);
            for (int d = 0; d < Directions; d++)
            {
                ScalarCell cell = ScalarCell.Create(_weights[d], _options[d]);
                bool reverse = d == 1 || _direction == SequenceDirection.Reverse;
                for (int b = 0; b < Batch; b++)
                {
                    float[] h = new float[Hidden], c = new float[Hidden], scratch = new float[cell.ScratchFloats];
                    int state = (_layout == 0 ? d * Batch + b : b * Directions + d) * Hidden, length = _lengths?[b] ?? Steps;
                    _initialH?.AsSpan(state, Hidden).CopyTo(h);
                    _initialC?.AsSpan(state, Hidden).CopyTo(c);
                    for (int i = 0; i < length; i++)
                    {
                        int t = reverse ? length - 1 - i : i;
                        cell.Step(_x.AsSpan((_layout == 0 ? t * Batch + b : b * Steps + t) * Inputs, Inputs), h, c, scratch);
                        int at = _layout == 0 ? (t * Directions + d) * Batch + b : (b * Steps + t) * Directions + d;
                        h.CopyTo(result.Y, at * Hidden);
                    }
                    if (length == 0)
                    {
                        Array.Clear(h);
                        Array.Clear(c);
                    }
                    h.CopyTo(result.FinalH, state);
                    c.CopyTo(result.FinalC, state);
                }
            }
        }
    }
}
