using System.Collections.Immutable;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators;

/// <summary>Copies a state field from the stream's row to a wire.</summary>
public sealed unsafe class ReadStateNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <exception cref="ArgumentException">The wire has another size than the field.</exception>
    public ReadStateNode(StateField field, Wire wire)
        : base($"read {field.Name}", "ReadState", [], [wire])
    {
        if (wire.ByteCount != field.ByteCount) throw new ArgumentException($"State '{field.Name}' has {field.ByteCount} bytes, but wire {wire} has {wire.ByteCount}.", nameof(wire));
        Field = field;
    }

    /// <summary>The field.</summary>
    public StateField Field { get; }

    /// <inheritdoc/>
    public override ImmutableArray<StateField> States => [Field];

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        return new Kernel(slots.OffsetOf(Field), Field.ByteCount, slots.Of(Outputs[0]));
    }

    [HotPath]
    private sealed class Kernel(int offset, int bytes, WireSlot to) : NodeKernel
    {
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++) Buffer.MemoryCopy(context.Rows[lane] + offset, context.At(to, lane), bytes, bytes);
        }
    }
}
