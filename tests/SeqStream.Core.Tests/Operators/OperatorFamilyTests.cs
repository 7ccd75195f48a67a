using System.Runtime.InteropServices;
using SeqStream.Kernels;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Tests.Operators;

/// <summary>What every operator owes a plan, tried on random nodes of every family.</summary>
public sealed class OperatorFamilyTests
{
    private const int Rounds = 60;
    private const int MostLanes = 7;

    public static TheoryData<string> Families => [.. OperatorSamples.Families];

    [Theory]
    [MemberData(nameof(Families))]
    public void A_lane_among_others_equals_the_lane_alone(string family)
    {
        Random random = new(1);
        for (int round = 0; round < Rounds; round++)
        {
            StepPlan plan = OperatorSamples.Plan(family, random);
            foreach (KernelChoice choice in KernelChoice.Available)
            {
                int lanes = random.Next(2, MostLanes + 1);
                using PlanRun batch = new(plan, choice.InstructionSet, lanes), single = new(plan, choice.InstructionSet, 1);
                byte[][][] inputs = [.. Enumerable.Range(0, lanes).Select(_ => PlanRun.RandomLane(plan, random))];
                for (int lane = 0; lane < lanes; lane++) batch.Write(lane, inputs[lane]);
                batch.Step(lanes);
                for (int lane = 0; lane < lanes; lane++)
                {
                    single.Write(0, inputs[lane]);
                    single.Step(1);
                    Assert.True(AreEqual(single.Read(0), batch.Read(lane)), $"{choice.InstructionSet}, lane {lane} of {lanes}: {plan}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_instruction_set_agrees_with_plain_code(string family)
    {
        Random random = new(2);
        for (int round = 0; round < Rounds; round++)
        {
            StepPlan plan = OperatorSamples.Plan(family, random);
            byte[][] inputs = PlanRun.RandomLane(plan, random);
            byte[][] expected = Step(plan, InstructionSet.Scalar, inputs);
            foreach (KernelChoice choice in KernelChoice.Available)
            {
                byte[][] found = Step(plan, choice.InstructionSet, inputs);
                for (int port = 0; port < expected.Length; port++) AssertClose(plan.Outputs[port].Wire.Type, expected[port], found[port], $"{choice.InstructionSet}: {plan}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_step_allocates_nothing(string family)
    {
        Random random = new(3);
        for (int round = 0; round < 10; round++)
        {
            StepPlan plan = OperatorSamples.Plan(family, random);
            using PlanRun run = new(plan, KernelChoice.Best.InstructionSet, 3);
            for (int lane = 0; lane < 3; lane++) run.Write(lane, PlanRun.RandomLane(plan, random));
            run.Step(3);
            Assert.Equal(0, Allocation.Of(() =>
            {
                for (int step = 0; step < 10; step++) run.Step(3);
            }));
        }
    }

    private static byte[][] Step(StepPlan plan, InstructionSet instructions, byte[][] inputs)
    {
        using PlanRun run = new(plan, instructions, 1);
        run.Write(0, inputs);
        run.Step(1);
        return run.Read(0);
    }

    private static bool AreEqual(byte[][] a, byte[][] b) => a.Zip(b).All(static pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    private static void AssertClose(ElementType type, byte[] expected, byte[] found, string what)
    {
        if (type != ElementType.Float32)
        {
            Assert.True(expected.AsSpan().SequenceEqual(found), what);
            return;
        }
        ReadOnlySpan<float> wanted = MemoryMarshal.Cast<byte, float>(expected), is_ = MemoryMarshal.Cast<byte, float>(found);
        for (int i = 0; i < wanted.Length; i++)
        {
            bool close = wanted[i].Equals(is_[i]) || Math.Abs(wanted[i] - is_[i]) <= 2e-6f + (4e-6f * Math.Abs(wanted[i]));
            Assert.True(close, $"element {i} is {is_[i]:R}, expected {wanted[i]:R}. {what}");
        }
    }
}
