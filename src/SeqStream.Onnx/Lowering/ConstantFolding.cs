using System.Collections.Immutable;
using SeqStream.Kernels;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Onnx.Lowering;

/// <summary>
/// Runs the plan nodes of an ONNX node whose inputs are all constant, once, for one lane, with the scalar kernels, so that plans do not depend on the
/// machine. Results are kept: the same node with the same input tensors, traced again at another length, is not run again.
/// </summary>
internal sealed class ConstantFolding
{
    private readonly Dictionary<OnnxNode, List<Folded>> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>Prepares folding for a model.</summary>
    public ConstantFolding(OnnxModel model)
    {
        Budget = new LoweringBudget(model);
    }

    /// <summary>What lowering the model may still cost.</summary>
    public LoweringBudget Budget { get; }

    /// <summary>The values of a node's outputs if it was folded before.</summary>
    public ImmutableArray<Wire?>? Recall(OnnxNode node, ImmutableArray<Wire?> inputs)
    {
        foreach (Folded folded in _known.GetValueOrDefault(node) ?? [])
        {
            if (folded.Inputs.SequenceEqual(inputs.Select(static wire => wire?.Constant), ReferenceEqualityComparer.Instance)) return folded.Outputs;
        }
        return null;
    }

    /// <summary>Computes the outputs of a lowered node.</summary>
    /// <exception cref="LoweringException">All folded values together would be too large, or take too long.</exception>
    public ImmutableArray<Wire?> Fold(NodeContext context, ImmutableArray<Wire?> inputs, Lowered lowered)
    {
        Budget.Keep(context, lowered.Nodes.SelectMany(static node => node.Outputs).Sum(static wire => (long)(wire?.ByteCount ?? 0)));
        Budget.Work(context, lowered.Nodes);
        ImmutableArray<Wire?> outputs = StoredConstants.Tag(context.Node, inputs, lowered.Nodes.IsEmpty ? lowered.Outputs : Run(lowered));
        if (!_known.TryGetValue(context.Node, out List<Folded>? list)) _known.Add(context.Node, list = []);
        list.Add(new Folded([.. inputs.Select(static wire => wire?.Constant)], outputs));
        return outputs;
    }

    private static unsafe ImmutableArray<Wire?> Run(Lowered lowered)
    {
        HashSet<Wire> wires = [.. lowered.Nodes.SelectMany(static node => node.Inputs.Concat(node.Outputs)).OfType<Wire>()];
        PlanSlots slots = new(wires, new StateLayout([]));
        NodeKernel[] kernels = [.. lowered.Nodes.Select(node => node.Bind(KernelChoice.For(InstructionSet.Scalar), slots))];
        AlignedBuffer[] buffers = [.. slots.Wires.Select(Fill)];
        try
        {
            byte*[] pointers = new byte*[buffers.Length];
            for (int slot = 0; slot < buffers.Length; slot++) pointers[slot] = buffers[slot].Pointer;
            byte* noRow = null;
            fixed (byte** table = pointers)
            {
                foreach (NodeKernel kernel in kernels)
                {
                    using AlignedBuffer scratch = new(kernel.ScratchBytes(1));
                    kernel.Run(new StepContext { Lanes = 1, Wires = table, Rows = &noRow, Scratch = scratch.Pointer });
                }
            }
            return [.. lowered.Outputs.Select(wire => wire is null || wire.Constant is not null ? wire : Take(buffers[slots.Of(wire).Index], wire))];
        }
        finally
        {
            foreach (AlignedBuffer buffer in buffers) buffer.Dispose();
        }
    }

    private static unsafe AlignedBuffer Fill(Wire wire)
    {
        AlignedBuffer buffer = new(wire.ByteCount);
        wire.Constant?.Bytes.CopyTo(new Span<byte>(buffer.Pointer, wire.ByteCount));
        return buffer;
    }

    private static unsafe Wire Take(AlignedBuffer buffer, Wire wire)
        => new(wire.Name, new ConstantTensor(wire.Type, wire.Shape, new ReadOnlySpan<byte>(buffer.Pointer, wire.ByteCount).ToArray()));

    /// <summary>One remembered result.</summary>
    private sealed record Folded(ConstantTensor?[] Inputs, ImmutableArray<Wire?> Outputs);
}
