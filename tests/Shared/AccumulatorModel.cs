using System.Collections.Immutable;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.TestSupport;

/// <summary>A model whose arithmetic a test can do by hand: state' = state / 2 + x, y = state'.</summary>
internal static class AccumulatorModel
{
    public static StepPlan Plan(int width)
    {
        Wire x = new("x", ElementType.Float32, new TensorShape(1, width));
        Wire y = new("y", ElementType.Float32, new TensorShape(1, width));
        StateField state = new("sum", ElementType.Float32, new TensorShape(1, width));
        return new StepPlan("accumulator", [x], [new PlanOutput("y", y)], [state], [new Node(x, y, state)]);
    }

    private sealed class Node(Wire x, Wire y, StateField state) : StepNode("halve_and_add", "HalveAndAdd", [x], [y])
    {
        public override ImmutableArray<StateField> States => [state];

        public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
            => new Kernel(slots.Of(x), slots.Of(y), slots.OffsetOf(state), x.Shape.ElementCount);
    }

    private sealed unsafe class Kernel(WireSlot x, WireSlot y, int offset, int width) : NodeKernel
    {
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                float* state = (float*)(context.Rows[lane] + offset), input = (float*)context.At(x, lane), output = (float*)context.At(y, lane);
                for (int i = 0; i < width; i++) output[i] = state[i] = state[i] / 2 + input[i];
            }
        }
    }
}
