using System.Collections.Immutable;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.TestSupport;

/// <summary>A model whose arithmetic a test can do by hand: state' = state * keep + x, y = state'.</summary>
internal static class AccumulatorModel
{
    public static StepPlan Plan(int width, float keep = 0.5f, string field = "sum")
    {
        Wire x = new("x", ElementType.Float32, new TensorShape(1, width));
        Wire y = new("y", ElementType.Float32, new TensorShape(1, width));
        StateField state = new(field, ElementType.Float32, new TensorShape(1, width));
        return new StepPlan("accumulator", [x], [new PlanOutput("y", y)], [state], [new Node(x, y, state, keep)]);
    }

    private sealed class Node(Wire x, Wire y, StateField state, float keep) : StepNode("halve_and_add", "HalveAndAdd", [x], [y])
    {
        public override ImmutableArray<StateField> States => [state];

        public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
            => new Kernel(slots.Of(x), slots.Of(y), slots.OffsetOf(state), x.Shape.ElementCount, keep);
    }

    private sealed unsafe class Kernel(WireSlot x, WireSlot y, int offset, int width, float keep) : NodeKernel
    {
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                float* state = (float*)(context.Rows[lane] + offset), input = (float*)context.At(x, lane), output = (float*)context.At(y, lane);
                for (int i = 0; i < width; i++) output[i] = state[i] = state[i] * keep + input[i];
            }
        }
    }
}
