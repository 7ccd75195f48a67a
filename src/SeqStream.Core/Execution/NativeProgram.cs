using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Execution;

/// <summary>A plan bound to one instruction set: weights packed, code chosen. Immutable; all sessions and shards of a model share it.</summary>
public sealed class NativeProgram : IExecutorFactory
{
    private NativeProgram(StepPlan plan, KernelChoice choice)
    {
        Plan = plan;
        Choice = choice;
        Slots = new PlanSlots(plan.Wires, plan.Layout);
        Kernels = [.. plan.Nodes.Select(node => node.Bind(choice, Slots))];
        Buffers = new WireBuffers(plan, Slots);
        foreach (PlanOutput output in plan.Outputs) Slots.Of(output.Wire);
        Constants = new ConstantBlock(Slots);
        Signature = new StepSignature(
            plan.Name,
            plan.Id,
            [.. plan.Inputs.Select(static wire => new StepPort(wire.Name, wire.Type, wire.Shape))],
            [.. plan.Outputs.Select(static output => new StepPort(output.Name, output.Wire.Type, output.Wire.Shape))],
            plan.Layout) { Constants = plan.Constants };
    }

    /// <summary>The plan.</summary>
    public StepPlan Plan { get; }

    /// <summary>The instruction set and why it was chosen.</summary>
    public KernelChoice Choice { get; }

    /// <summary>What a step takes, answers and remembers.</summary>
    public StepSignature Signature { get; }

    /// <summary>One kernel for each node of the plan, in running order.</summary>
    internal ImmutableArray<NodeKernel> Kernels { get; }

    /// <summary>Where kernels find wires.</summary>
    internal PlanSlots Slots { get; }

    /// <summary>How an executor's memory is shared among wires.</summary>
    internal WireBuffers Buffers { get; }

    /// <summary>The constants that kernels read as they are.</summary>
    internal ConstantBlock Constants { get; }

    /// <inheritdoc/>
    public string Description => $"native, {Choice.InstructionSet}: {Choice.Reason}";

    /// <summary>Binds a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="choice">The instruction set; null for the best of this machine.</param>
    public static NativeProgram Bind(StepPlan plan, KernelChoice? choice = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new NativeProgram(plan, choice ?? KernelChoice.Best);
    }

    /// <inheritdoc/>
    public IStepExecutor CreateExecutor(int maxLanes, int expectedStreams) => new NativeExecutor(this, maxLanes, expectedStreams);
}
