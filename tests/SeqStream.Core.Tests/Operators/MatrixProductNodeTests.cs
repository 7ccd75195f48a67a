using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Tests.Operators;

public sealed class MatrixProductNodeTests
{
    [Fact]
    public void Products_of_plain_factors_have_the_bits_of_the_plain_loops_on_every_instruction_set()
    {
        Random random = new(4);
        for (int round = 0; round < 100; round++)
        {
            StepPlan plan = OperatorSamples.Plan("PlainMatrixProduct", random);
            byte[][] inputs = PlanRun.RandomLane(plan, random);
            byte[] expected = Step(plan, InstructionSet.Scalar, inputs);
            foreach (KernelChoice choice in KernelChoice.Available) Assert.Equal(expected, Step(plan, choice.InstructionSet, inputs));
        }
    }

    private static byte[] Step(StepPlan plan, InstructionSet instructions, byte[][] inputs)
    {
        using PlanRun run = new(plan, instructions, 1);
        run.Write(0, inputs);
        run.Step(1);
        return run.Read(0)[0];
    }
}
