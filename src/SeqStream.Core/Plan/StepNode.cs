using System.Collections.Immutable;
using SeqStream.Kernels;
using SeqStream.Weights;

namespace SeqStream.Plan;

/// <summary>
/// One operation of a <see cref="StepPlan"/>: immutable, printable, independent of the machine. <see cref="Bind"/> makes the code that runs it
/// on one instruction set.
/// </summary>
public abstract class StepNode
{
    /// <summary>Creates a node; output shapes must already follow from inputs and attributes.</summary>
    protected StepNode(string name, string @operator, ImmutableArray<Wire?> inputs, ImmutableArray<Wire?> outputs)
    {
        Name = name;
        Operator = @operator;
        Inputs = inputs;
        Outputs = outputs;
    }

    /// <summary>The node's name in the model.</summary>
    public string Name { get; }

    /// <summary>The operator's name, as in ONNX.</summary>
    public string Operator { get; }

    /// <summary>What it reads, in the operator's order; null where an optional input is absent.</summary>
    public ImmutableArray<Wire?> Inputs { get; }

    /// <summary>What it writes; null where an optional output is not wanted.</summary>
    public ImmutableArray<Wire?> Outputs { get; }

    /// <summary>State fields it reads or writes in place in the state row. Most nodes have none.</summary>
    public virtual ImmutableArray<StateField> States => [];

    /// <summary>Weights that the node holds itself, beside its constant wires. They count for the plan's identity and size.</summary>
    public virtual ImmutableArray<float[]> OwnWeights => [];

    /// <summary>Weights that the node runs in a small form; the values of each are among <see cref="OwnWeights"/> or the constant wires too.</summary>
    public virtual ImmutableArray<StoredMatrix> StoredWeights => [];

    /// <summary>True if its products are integer, of activations rounded to 8 bits: its numbers are near those of its weights' values, not equal.</summary>
    public virtual bool RoundsActivations => false;

    /// <summary>Multiplications and additions of one lane's step, for reports; 0 where they are negligible.</summary>
    public virtual long Operations => 0;

    /// <summary>The attributes that matter, for printing: <c>axis=1</c>. Empty if there are none.</summary>
    public virtual string Attributes => "";

    /// <summary>The same node with its weight matrices in another form; itself if it has none, or if the form cannot hold them.</summary>
    /// <param name="form">The form; float32 for the values of what is stored now.</param>
    public virtual StepNode WithWeights(WeightForm form) => this;

    /// <summary>Packs weights and chooses code for one instruction set. The result is immutable and shared by executors of any thread.</summary>
    public abstract NodeKernel Bind(KernelChoice choice, PlanSlots slots);

    /// <summary><c>Gemm /head/Gemm (h, w, b) -> (y)</c>.</summary>
    public override string ToString()
        => $"{Operator} {Name} ({string.Join(", ", Inputs.Select(static w => w?.Name ?? "-"))}) -> ({string.Join(", ", Outputs.Select(static w => w?.Name ?? "-"))})"
            + (Attributes.Length == 0 ? "" : $" {Attributes}");
}
