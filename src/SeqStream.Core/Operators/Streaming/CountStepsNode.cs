using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Streaming;

/// <summary>Counts a stream's steps. It runs after every node that reads the count.</summary>
public sealed unsafe class CountStepsNode : StepNode
{
    /// <summary>Creates the node.</summary>
    public CountStepsNode(StreamClock clock) : base("count steps", "CountSteps", [], [])
    {
        ArgumentNullException.ThrowIfNull(clock);
        Clock = clock;
    }

    /// <summary>The clock that is moved.</summary>
    public StreamClock Clock { get; }

    /// <inheritdoc/>
    public override ImmutableArray<StateField> States => [Clock.Steps];

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        return new Kernel(slots.OffsetOf(Clock.Steps));
    }

    [HotPath]
    private sealed class Kernel(int offset) : NodeKernel
    {
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++) ++*(long*)(context.Rows[lane] + offset);
        }
    }
}
