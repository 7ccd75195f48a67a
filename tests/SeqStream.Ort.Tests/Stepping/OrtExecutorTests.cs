using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Ort.Stepping;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Ort.Tests.Stepping;

public sealed class OrtExecutorTests
{
    private const int Width = 5;
    private const int Hidden = 7;

    [Theory]
    [InlineData("LSTM", true), InlineData("LSTM", false), InlineData("GRU", true), InlineData("GRU", false)]
    public void Streams_that_join_and_leave_batches_at_random_equal_their_whole_sequences(string @operator, bool openBatch)
    {
        const int streams = 9, steps = 40, maxLanes = 6;
        RecurrentModel model = new(@operator, Width, Hidden, seed: 11);
        using OrtSession whole = OrtSession.Load(Runtime.Require(), model.WholeBytes(), "whole");
        using OrtProgram program = Program(model, openBatch);
        Assert.Equal(openBatch, program.IsBatched);
        using IStepExecutor executor = program.CreateExecutor(maxLanes, streams);
        float[][] inputs = [.. Enumerable.Range(0, streams).Select(static stream => Runtime.Noise(steps * Width, seed: stream))];
        float[][] expected = [.. inputs.Select(x => whole.Run(OrtTensor.Float32("x", [steps, 1, Width], x))["y"].Values<float>().ToArray())];
        int[] slots = [.. Enumerable.Range(0, streams).Select(_ => executor.Rent())], at = new int[streams];
        Random random = new(5);
        while (at.Any(static position => position < steps))
        {
            int[] chosen = [.. Enumerable.Range(0, streams).Where(stream => at[stream] < steps).OrderBy(_ => random.Next()).Take(random.Next(1, maxLanes + 1))];
            for (int lane = 0; lane < chosen.Length; lane++) inputs[chosen[lane]].AsSpan(at[chosen[lane]] * Width, Width).CopyTo(Floats(executor.Input(0, lane)));
            executor.Step([.. chosen.Select(stream => slots[stream])]);
            for (int lane = 0; lane < chosen.Length; lane++)
            {
                int stream = chosen[lane];
                Runtime.AssertClose(expected[stream].AsSpan(at[stream] * Hidden, Hidden), Floats(executor.Output(0, lane)), 1e-5f, $"stream {stream}, step {at[stream]}");
                at[stream]++;
            }
        }
    }

    [Fact]
    public void Saved_copied_and_restored_states_continue_as_if_never_moved()
    {
        using OrtProgram program = Program(new RecurrentModel("LSTM", Width, Hidden, seed: 11));
        using IStepExecutor executor = program.CreateExecutor(1, 1);
        int stream = executor.Rent(), copy = executor.Rent();
        for (int step = 0; step < 5; step++) StepOne(executor, stream, step);
        byte[] row = new byte[executor.Signature.Layout.RowBytes];
        executor.Save(stream, row);
        executor.Copy(stream, copy);
        float[] expected = StepOne(executor, stream, 5);
        Assert.Equal(expected, StepOne(executor, copy, 5));
        using IStepExecutor other = program.CreateExecutor(4, 1);
        int moved = other.Rent();
        other.Restore(moved, row);
        Assert.Equal(expected, StepOne(other, moved, 5));
    }

    [Fact]
    public void Reset_and_returned_slots_start_afresh()
    {
        using OrtProgram program = Program(new RecurrentModel("GRU", Width, Hidden, seed: 11));
        using IStepExecutor executor = program.CreateExecutor(2, 2);
        int stream = executor.Rent();
        float[] first = StepOne(executor, stream, 0);
        StepOne(executor, stream, 1);
        executor.Reset(stream);
        Assert.Equal(first, StepOne(executor, stream, 0));
        executor.Return(stream);
        Assert.Equal(0, executor.LiveStreams);
        Assert.Throws<ArgumentException>(() => executor.Step([stream]));
        Assert.Equal(first, StepOne(executor, executor.Rent(), 0));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Step_allocates_nothing_for_any_number_of_lanes(bool openBatch)
    {
        using OrtProgram program = Program(new RecurrentModel("LSTM", Width, Hidden, seed: 11), openBatch);
        using IStepExecutor executor = program.CreateExecutor(8, 8);
        int[] slots = [.. Enumerable.Range(0, 8).Select(_ => executor.Rent())];
        void Run(int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                int lanes = 1 + round % slots.Length;
                for (int lane = 0; lane < lanes; lane++) executor.Input(0, lane)[0] = 1;
                executor.Step(slots.AsSpan(0, lanes));
                if (executor.Output(0, lanes - 1).Length != Hidden * sizeof(float)) throw new InvalidOperationException("The output has another length.");
            }
        }
        Run(100);
        Assert.Equal(0, Allocation.Of(() => Run(800)));
    }

    [Theory, InlineData("batch"), InlineData(1)]
    public void Failed_step_advances_no_stream_and_does_not_harm_the_next(object batch)
    {
        using OrtProgram program = Embedding(batch is int lanes ? lanes : (string)batch);
        using IStepExecutor executor = program.CreateExecutor(4, 4);
        int[] slots = [executor.Rent(), executor.Rent(), executor.Rent(), executor.Rent()];
        void Indices(params long[] indices)
        {
            for (int lane = 0; lane < indices.Length; lane++) BitConverter.TryWriteBytes(executor.Input(0, lane), indices[lane]);
        }
        Indices(0, 1, 2, 99);
        OrtException exception = Assert.Throws<OrtException>(() => executor.Step(slots));
        Assert.Contains("99", exception.Message, StringComparison.Ordinal);
        byte[] row = new byte[executor.Signature.Layout.RowBytes];
        foreach (int slot in slots)
        {
            executor.Save(slot, row);
            Assert.All(row, static value => Assert.Equal(0, value));
        }
        // The bad index stays in the fourth lane, which now only pads the batch.
        executor.Step(slots.AsSpan(0, 3));
        executor.Step(slots.AsSpan(0, 3));
        Assert.Equal([20f, 22f, 24f], Enumerable.Range(0, 3).Select(lane => BitConverter.ToSingle(executor.Output(0, lane))));
    }

    [Fact]
    public void State_whose_batch_axis_is_innermost_is_gathered_element_by_element()
    {
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, 3, "batch").Input("s", ElementType.Float32, 3, "batch")
            .Node("Add", ["x", "s"], ["t"]).Node("Transpose", ["t"], ["y"], ("perm", new[] { 1, 0 }))
            .Output("y", ElementType.Float32, "batch", 3).Output("t", ElementType.Float32, 3, "batch");
        using OrtProgram program = new(OrtSession.Load(Runtime.Require(), model.ToBytes(), "sum"), new OrtStepModel { States = [new OrtStatePair("s", "t")] });
        using IStepExecutor executor = program.CreateExecutor(3, 3);
        int[] slots = [executor.Rent(), executor.Rent(), executor.Rent()];
        for (int step = 1; step <= 3; step++)
        {
            for (int lane = 0; lane < 3; lane++) ((ReadOnlySpan<float>)[lane, 10 + lane, 20 + lane]).CopyTo(Floats(executor.Input(0, lane)));
            executor.Step(slots);
            for (int lane = 0; lane < 3; lane++) Assert.Equal([step * lane, step * (10f + lane), step * (20f + lane)], Floats(executor.Output(0, lane)).ToArray());
        }
    }

    [Fact]
    public void Lanes_and_ports_out_of_range_and_a_disposed_executor_are_refused()
    {
        using OrtProgram program = Program(new RecurrentModel("GRU", Width, Hidden, seed: 11));
        IStepExecutor executor = program.CreateExecutor(2, 2);
        int slot = executor.Rent();
        Assert.Throws<ArgumentOutOfRangeException>(() => executor.Input(0, 2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => executor.Step([slot, slot, slot]));
        executor.Step([]);
        executor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => executor.Input(0, 0).Length);
        Assert.Throws<ObjectDisposedException>(() => executor.Step([slot]));
    }

    /// <summary>An index looked up in [10, 11, 12] and added to a running sum.</summary>
    private static OrtProgram Embedding(OnnxDimension batch)
    {
        OnnxModelWriter model = new();
        model.Graph.Input("i", ElementType.Int64, batch).Input("s", ElementType.Float32, batch)
            .Initializer("table", [3], 10, 11, 12)
            .Node("Gather", ["table", "i"], ["e"]).Node("Add", ["e", "s"], ["t"]).Node("Identity", ["t"], ["y"])
            .Output("y", ElementType.Float32, batch).Output("t", ElementType.Float32, batch);
        return new OrtProgram(OrtSession.Load(Runtime.Require(), model.ToBytes(), "sum"), new OrtStepModel { States = [new OrtStatePair("s", "t")] });
    }

    private static OrtProgram Program(RecurrentModel model, bool openBatch = true)
        => new(OrtSession.Load(Runtime.Require(), model.StepBytes(openBatch ? "batch" : 1), "step"), model.StepDescription);

    private static float[] StepOne(IStepExecutor executor, int slot, int seed)
    {
        Runtime.Noise(Width, seed).CopyTo(Floats(executor.Input(0, 0)));
        executor.Step([slot]);
        return Floats(executor.Output(0, 0)).ToArray();
    }

    private static Span<float> Floats(Span<byte> bytes) => MemoryMarshal.Cast<byte, float>(bytes);

    private static ReadOnlySpan<float> Floats(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, float>(bytes);
}
