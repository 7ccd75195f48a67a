using System.Diagnostics;
using SeqStream.Cells;
using SeqStream.TestSupport;
using SeqStream.Weights;

namespace SeqStream.Kernels;

/// <summary>Recurrent and dense layers whose weights are stored in fewer bytes.</summary>
public sealed unsafe class SmallWeightTests
{
    private static readonly WeightForm[] s_forms = [WeightForm.BFloat16, WeightForm.Float16, WeightForm.Int8, WeightForm.Int4];

    public static TheoryData<CellKind, WeightForm, InstructionSet> KindsFormsAndVectors()
    {
        TheoryData<CellKind, WeightForm, InstructionSet> data = [];
        foreach (KernelChoice choice in KernelChoice.Available)
        {
            foreach (CellKind kind in Enum.GetValues<CellKind>())
            {
                foreach (WeightForm form in s_forms) data.Add(kind, form, choice.InstructionSet);
            }
        }
        return data;
    }

    public static TheoryData<WeightForm, InstructionSet> FormsAndVectors() => WithVectors(static _ => true);

    public static TheoryData<WeightForm, InstructionSet> HalfFormsAndVectors() => WithVectors(static form => !form.IsInteger());

    public static TheoryData<WeightForm, InstructionSet> IntegerFormsAndVectors() => WithVectors(static form => form.IsInteger());

    private static TheoryData<WeightForm, InstructionSet> WithVectors(Func<WeightForm, bool> isWanted)
    {
        TheoryData<WeightForm, InstructionSet> data = [];
        foreach (KernelChoice choice in KernelChoice.Available)
        {
            foreach (WeightForm form in s_forms.Where(isWanted)) data.Add(form, choice.InstructionSet);
        }
        return data;
    }

    /// <summary>
    /// The scalar specification has the same codes of activations and the same integer sums, so that only the rounding of float32 sums and gates differs.
    /// </summary>
    [Theory]
    [MemberData(nameof(KindsFormsAndVectors))]
    public void Step_equals_the_scalar_specification(CellKind kind, WeightForm form, InstructionSet set)
    {
        for (int seed = 0; seed < 40; seed++) RecurrentLayerTests.AssertLikeSpecification(LayerProblem.Large(kind, seed).To(form), KernelChoice.For(set), 6e-6f);
    }

    [Theory]
    [MemberData(nameof(KindsFormsAndVectors))]
    public void A_lane_has_the_same_bits_in_every_batch(CellKind kind, WeightForm form, InstructionSet set)
    {
        for (int seed = 0; seed < 40; seed++) RecurrentLayerTests.AssertBatchInvariant(LayerProblem.Large(kind, seed).To(form), KernelChoice.For(set));
    }

    [Theory]
    [MemberData(nameof(KindsFormsAndVectors))]
    public void Step_with_other_options_runs_the_weights_values_in_float32(CellKind kind, WeightForm form, InstructionSet set)
    {
        CellOptions options = new() { Clip = 0.7f };
        LayerProblem problem = new LayerProblem(kind, 3, options).To(form);
        CellWeights weights = problem.Weights;
        CellWeights wide = new(kind, weights.InputSize, weights.HiddenSize, weights.Input, weights.Recurrent, weights.Bias, weights.Peepholes);
        RecurrentLayer layer = RecurrentLayer.Pack(weights, options, KernelChoice.For(set)), same = RecurrentLayer.Pack(wide, options, KernelChoice.For(set));
        using AlignedBuffer scratch = new(layer.ScratchBytes(3)), sameScratch = new(same.ScratchBytes(3));
        float[] rows = problem.RandomRows(3), sameRows = [.. rows], x = problem.Uniform(3 * weights.InputSize, 1);
        Assert.Equal(problem.Step(same, x, sameRows, [0, 1, 2], sameScratch), problem.Step(layer, x, rows, [0, 1, 2], scratch));
        Assert.Equal(sameRows, rows);
    }

    /// <summary>Where float32 kernels sum in one chain too, 16-bit weights give the bits of float32 weights of the same values.</summary>
    [Theory]
    [MemberData(nameof(HalfFormsAndVectors))]
    public void Half_width_weights_have_the_bits_of_their_values(WeightForm form, InstructionSet set)
    {
        foreach (CellKind kind in (ReadOnlySpan<CellKind>)[CellKind.Lstm, CellKind.Gru])
        {
            foreach ((int input, int hidden) in (ReadOnlySpan<(int, int)>)[(1, 129), (8, 136), (33, 143)])
            {
                LayerProblem problem = new LayerProblem(kind, 8, null, input, hidden).To(form);
                CellWeights weights = problem.Weights;
                CellWeights wide = new(kind, input, hidden, weights.Input, weights.Recurrent, weights.Bias);
                RecurrentLayer layer = RecurrentLayer.Pack(weights, problem.Options, KernelChoice.For(set)), same = RecurrentLayer.Pack(wide, problem.Options, KernelChoice.For(set));
                using AlignedBuffer scratch = new(layer.ScratchBytes(7)), sameScratch = new(same.ScratchBytes(7));
                float[] rows = problem.RandomRows(7), sameRows = [.. rows];
                foreach (int[] streams in (int[][])[[0], [0, 1, 2, 3, 4, 5, 6], [5]])
                {
                    float[] x = problem.Uniform(streams.Length * input, 1);
                    problem.Step(same, x, sameRows, streams, sameScratch);
                    problem.Step(layer, x, rows, streams, scratch);
                    Assert.Equal(sameRows, rows);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KindsFormsAndVectors))]
    public void Step_allocates_nothing(CellKind kind, WeightForm form, InstructionSet set)
    {
        const int Input = 151;
        LayerProblem problem = new LayerProblem(kind, 5, input: Input, hidden: 33).To(form);
        RecurrentLayer layer = RecurrentLayer.Pack(problem.Weights, problem.Options, KernelChoice.For(set));
        using AlignedBuffer scratch = new(layer.ScratchBytes(9)), rows = new(9 * 512), x = new(9 * Input * 4), y = new(9 * 33 * 4);
        byte** pointers = stackalloc byte*[9];
        for (int m = 0; m < 9; m++) pointers[m] = rows.Pointer + m * 512;
        layer.Prewarm(9);
        layer.Step(x.Pointer, Input * 4, 9, pointers, 0, 256, y.Pointer, 132, scratch.Pointer);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int lanes = 1; lanes <= 9; lanes++) layer.Step(x.Pointer, Input * 4, lanes, pointers, 0, 256, y.Pointer, 132, scratch.Pointer);
        }));
    }

    [Theory]
    [MemberData(nameof(KindsFormsAndVectors))]
    public void NaN_in_one_lane_stays_in_that_lane(CellKind kind, WeightForm form, InstructionSet set)
    {
        foreach (bool isState in (ReadOnlySpan<bool>)[false, true])
        {
            const int Input = 301;
            LayerProblem problem = new LayerProblem(kind, 11, input: Input, hidden: 20).To(form);
            RecurrentLayer layer = RecurrentLayer.Pack(problem.Weights, problem.Options, KernelChoice.For(set));
            using AlignedBuffer scratch = new(layer.ScratchBytes(7));
            float[] x = problem.Uniform(7 * Input, 1), rows = problem.RandomRows(7);
            if (isState) rows[4 * problem.RowFloats + problem.HOffset / 4 + 3] = float.NaN;
            else x[5 * Input - 1] = float.NaN;
            float[] y = problem.Step(layer, x, rows, [0, 1, 2, 3, 4, 5, 6], scratch);
            for (int m = 0; m < 7; m++) Assert.All(y[(m * 20)..((m + 1) * 20)], v => Assert.Equal(m == 4, float.IsNaN(v)));
        }
    }

    /// <summary>States beyond -1 to 1, which a stream may be started from, and inputs of any size have scales of their own.</summary>
    [Theory]
    [MemberData(nameof(FormsAndVectors))]
    public void Large_and_tiny_activations_keep_their_size(WeightForm form, InstructionSet set)
    {
        foreach (float size in (ReadOnlySpan<float>)[0, 1e-32f, 1e-10f, 300, 1e6f])
        {
            const int Input = 191;
            LayerProblem problem = new LayerProblem(CellKind.Gru, 2, input: Input, hidden: 24).To(form);
            float[] rows = problem.RandomRows(2), x = problem.Uniform(2 * Input, size);
            for (int i = 0; i < 24; i++) rows[problem.HOffset / 4 + i] *= Math.Min(size, 100);
            float[] expectedRows = [.. rows];
            RecurrentLayer layer = RecurrentLayer.Pack(problem.Weights, problem.Options, KernelChoice.For(set)), scalar = RecurrentLayer.Pack(problem.Weights, problem.Options, KernelChoice.For(InstructionSet.Scalar));
            using AlignedBuffer scratch = new(layer.ScratchBytes(2)), scalarScratch = new(scalar.ScratchBytes(2));
            float[] y = problem.Step(layer, x, rows, [0, 1], scratch), expected = problem.Step(scalar, x, expectedRows, [0, 1], scalarScratch);
            for (int i = 0; i < y.Length; i++) Assert.Equal(expected[i], y[i], 2e-4f * Math.Max(1, MathF.Abs(expected[i])));
        }
    }

    /// <summary>A layer whose weights are near anyway runs on their values.</summary>
    [Theory]
    [MemberData(nameof(FormsAndVectors))]
    public void Little_layers_run_their_weights_values_in_float32(WeightForm form, InstructionSet set)
    {
        LayerProblem problem = new LayerProblem(CellKind.Lstm, 3, input: 8, hidden: 32).To(form);
        CellWeights weights = problem.Weights, wide = weights.To(WeightForm.Float32);
        RecurrentLayer layer = RecurrentLayer.Pack(weights, problem.Options, KernelChoice.For(set)), same = RecurrentLayer.Pack(wide, problem.Options, KernelChoice.For(set));
        using AlignedBuffer scratch = new(layer.ScratchBytes(3)), sameScratch = new(same.ScratchBytes(3));
        float[] rows = problem.RandomRows(3), sameRows = [.. rows], x = problem.Uniform(3 * 8, 1);
        Assert.Equal(problem.Step(same, x, sameRows, [0, 1, 2], sameScratch), problem.Step(layer, x, rows, [0, 1, 2], scratch));
        Assert.Equal(sameRows, rows);
    }

    /// <summary>How far a step in a form is from the step in float32: the weights are in -0.1 to 0.1 and the inputs in -1 to 1, as in a trained layer.</summary>
    [Theory]
    [InlineData(WeightForm.BFloat16, 4e-3)]
    [InlineData(WeightForm.Float16, 4e-4)]
    [InlineData(WeightForm.Int8, 1e-2)]
    [InlineData(WeightForm.Int4, 6e-2)]
    public void Sixty_four_steps_stay_near_float32(WeightForm form, double most)
    {
        const int Input = 40, Hidden = 96;
        LayerProblem wide = new(CellKind.Lstm, 4, null, Input, Hidden), small = new LayerProblem(CellKind.Lstm, 4, null, Input, Hidden).To(form);
        RecurrentLayer exact = RecurrentLayer.Pack(wide.Weights, wide.Options, KernelChoice.Best), layer = RecurrentLayer.Pack(small.Weights, small.Options, KernelChoice.Best);
        using AlignedBuffer exactScratch = new(exact.ScratchBytes(1)), scratch = new(layer.ScratchBytes(1));
        float[] exactRows = wide.RandomRows(1), rows = [.. exactRows];
        double largest = 0;
        for (int step = 0; step < 64; step++)
        {
            float[] x = wide.Uniform(Input, 1), expected = wide.Step(exact, x, exactRows, [0], exactScratch), found = wide.Step(layer, x, rows, [0], scratch);
            for (int i = 0; i < Hidden; i++) largest = Math.Max(largest, Math.Abs(expected[i] - found[i]));
        }
        Assert.InRange(largest, 1e-7, most);
    }

    [Theory]
    [MemberData(nameof(FormsAndVectors))]
    public void Dense_layers_equal_the_scalar_specification_in_every_batch(WeightForm form, InstructionSet set)
    {
        Random random = new(7);
        foreach ((int k, int n) in (ReadOnlySpan<(int, int)>)[(1, 1), (33, 64), (3, 5500), (8, 2050), (33, 503), (130, 127), (65, 260), (129, 300), (257, 65)])
        {
            float[] weights = [.. Enumerable.Range(0, k * n).Select(_ => random.NextSingle() - 0.5f)], bias = [.. Enumerable.Range(0, n).Select(_ => random.NextSingle())];
            StoredMatrix matrix = StoredMatrix.TryOf(form, n, k, weights)!;
            DenseLayer layer = DenseLayer.Pack(matrix, bias, KernelChoice.For(set)), scalar = DenseLayer.Pack(matrix, bias, KernelChoice.For(InstructionSet.Scalar));
            const int Rows = 30;
            float[] x = [.. Enumerable.Range(0, Rows * k).Select(_ => 2 * random.NextSingle() - 1)];
            float[] expected = Multiply(scalar, x, Rows), all = Multiply(layer, x, Rows);
            for (int i = 0; i < all.Length; i++) Assert.Equal(expected[i], all[i], 3e-6f * Math.Max(1, MathF.Abs(expected[i])));
            foreach (int count in (ReadOnlySpan<int>)[1, 2, 3, 5, 9])
            {
                int from = random.Next(Rows - count + 1);
                Assert.Equal(all[(from * n)..((from + count) * n)], Multiply(layer, x[(from * k)..((from + count) * k)], count));
            }
        }
    }

    /// <summary>Files of others have scales for groups of any multiple of 8 terms, also of 8-bit weights.</summary>
    [Theory]
    [MemberData(nameof(IntegerFormsAndVectors))]
    public void Groups_of_any_size_equal_the_scalar_specification(WeightForm form, InstructionSet set)
    {
        Random random = new(12);
        foreach ((int k, int n, int group) in (ReadOnlySpan<(int, int, int)>)[(129, 130, 8), (100, 170, 24), (257, 65, 40), (64, 260, 64)])
        {
            sbyte[] codes = [.. Enumerable.Range(0, k * n).Select(_ => (sbyte)(form == WeightForm.Int4 ? random.Next(-8, 8) : random.Next(-127, 128)))];
            float[] scales = [.. Enumerable.Range(0, n * ((k + group - 1) / group)).Select(_ => (random.NextSingle() - 0.3f) / 100)];
            StoredMatrix matrix = StoredMatrix.TryOfCodes(form, n, k, group, codes, scales)!;
            DenseLayer layer = DenseLayer.Pack(matrix, [], KernelChoice.For(set)), scalar = DenseLayer.Pack(matrix, [], KernelChoice.For(InstructionSet.Scalar));
            float[] x = [.. Enumerable.Range(0, 7 * k).Select(_ => 2 * random.NextSingle() - 1)], expected = Multiply(scalar, x, 7), found = Multiply(layer, x, 7);
            for (int i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], 2e-5f * Math.Max(1, MathF.Abs(expected[i])));
        }
    }

    [Theory]
    [InlineData("DOTNET_EnableAVXVNNI")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableAVX512")]
    public void Machines_without_the_newest_instructions_give_the_same_integers(string switchedOff)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "SeqStream.Core.Tests" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        string name = typeof(SmallWeightTests).FullName!;
        ProcessStartInfo start = new(program, ["-method", $"{name}.{nameof(Step_equals_the_scalar_specification)}", "-method", $"{name}.{nameof(Dense_layers_equal_the_scalar_specification_in_every_batch)}", "-method", $"{name}.{nameof(Groups_of_any_size_equal_the_scalar_specification)}"]) { RedirectStandardOutput = true };
        start.Environment[switchedOff] = "0";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        Assert.DoesNotContain("Total: 0", output, StringComparison.Ordinal);
    }

    private static float[] Multiply(DenseLayer layer, float[] x, int rows)
    {
        const float Guard = 3.5f;
        const int Gap = 5;
        int stride = layer.Columns + Gap;
        float[] y = new float[rows * stride], dense = new float[rows * layer.Columns];
        Array.Fill(y, Guard);
        fixed (float* px = x, py = y) layer.Multiply((byte*)px, (nint)layer.K * sizeof(float), rows, (byte*)py, (nint)stride * sizeof(float));
        for (int row = 0; row < rows; row++)
        {
            y.AsSpan(row * stride, layer.Columns).CopyTo(dense.AsSpan(row * layer.Columns));
            Assert.All(y[(row * stride + layer.Columns)..((row + 1) * stride)], static v => Assert.Equal(Guard, v));
        }
        return dense;
    }
}
