using System.Collections.Immutable;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators;

/// <summary>Copies a wire to a state field in the stream's row. It must run after every node that reads the field's old value.</summary>
public sealed unsafe class WriteStateNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <exception cref="ArgumentException">The wire has another size than the field.</exception>
    public WriteStateNode(StateField field, Wire wire)
        : base($"write {field.Name}", "WriteState", [wire], [])
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
        return new Kernel(slots.OffsetOf(Field), Field.ByteCount, slots.Of(Inputs[0]));
    }

    [HotPath]
    private sealed class Kernel(int offset, int bytes, WireSlot from) : NodeKernel
    {
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++) Buffer.MemoryCopy(context.At(from, lane), context.Rows[lane] + offset, bytes, bytes);
        }
    }
}
