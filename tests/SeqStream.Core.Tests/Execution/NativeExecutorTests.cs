using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.TestSupport;

namespace SeqStream.Tests.Execution;

public sealed class NativeExecutorTests
{
    [Fact]
    public void Lanes_that_join_and_leave_at_random_equal_streams_stepped_alone()
    {
        const int Width = 3, Streams = 40, Turns = 2000;
        NativeProgram program = NativeProgram.Bind(AccumulatorModel.Plan(Width));
        using NativeExecutor batched = new(program, maxLanes: 16, expectedStreams: Streams);
        using NativeExecutor single = new(program, maxLanes: 1, expectedStreams: Streams);
        int[] slots = [.. Enumerable.Range(0, Streams).Select(_ => batched.Rent())];
        int[] alone = [.. Enumerable.Range(0, Streams).Select(_ => single.Rent())];
        Random random = new(11);
        for (int turn = 0; turn < Turns; turn++)
        {
            int[] chosen = [.. Enumerable.Range(0, Streams).OrderBy(_ => random.Next()).Take(random.Next(1, 17))];
            float[][] inputs = [.. chosen.Select(_ => new float[] { random.NextSingle(), random.NextSingle(), random.NextSingle() })];
            for (int lane = 0; lane < chosen.Length; lane++) inputs[lane].CopyTo(MemoryMarshal.Cast<byte, float>(batched.Input(0, lane)));
            batched.Step([.. chosen.Select(stream => slots[stream])]);
            for (int lane = 0; lane < chosen.Length; lane++)
            {
                inputs[lane].CopyTo(MemoryMarshal.Cast<byte, float>(single.Input(0, 0)));
                single.Step([alone[chosen[lane]]]);
                Assert.Equal(single.Output(0, 0).ToArray(), batched.Output(0, lane).ToArray());
            }
        }
    }

    [Fact]
    public void More_lanes_than_there_is_room_for_are_refused()
    {
        using NativeExecutor executor = new(NativeProgram.Bind(AccumulatorModel.Plan(2)), maxLanes: 2, expectedStreams: 3);
        int[] slots = [executor.Rent(), executor.Rent(), executor.Rent()];
        Assert.Throws<ArgumentOutOfRangeException>(() => executor.Step(slots));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = executor.Input(0, 2); });
    }

    [Fact]
    public void A_slot_that_was_returned_is_refused()
    {
        using NativeExecutor executor = new(NativeProgram.Bind(AccumulatorModel.Plan(2)), maxLanes: 2);
        int slot = executor.Rent();
        executor.Return(slot);
        Assert.Throws<ArgumentException>(() => executor.Step([slot]));
    }

    [Fact]
    public void Signature_names_ports_and_memory()
    {
        StepSignature signature = NativeProgram.Bind(AccumulatorModel.Plan(4)).Signature;
        Assert.Equal("x float32 [1, 4]", signature.Inputs[0].ToString());
        Assert.Equal("y float32 [1, 4]", signature.Outputs[0].ToString());
        Assert.Equal(16, signature.Layout.RowBytes);
    }
}
