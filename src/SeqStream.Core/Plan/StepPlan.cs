using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SeqStream.Contracts;
using SeqStream.State;
using SeqStream.Weights;

namespace SeqStream.Plan;

/// <summary>
/// What one step of a model does, as an immutable and printable list of nodes in running order. It is written for one lane (batch size 1);
/// lanes are an outer axis that no node can see, so a batch of lanes is by construction the same as its lanes one by one.
/// </summary>
public sealed class StepPlan
{
    private readonly Lazy<ulong> _id;

    /// <summary>Creates a plan and checks that every node reads only inputs, constants and what earlier nodes wrote.</summary>
    /// <param name="name">The model's name, for messages.</param>
    /// <param name="inputs">What a step is given.</param>
    /// <param name="outputs">What a step answers.</param>
    /// <param name="states">Everything a stream remembers.</param>
    /// <param name="nodes">The nodes in running order.</param>
    /// <exception cref="ArgumentException">A node reads a wire that nothing wrote before it.</exception>
    public StepPlan(string name, ImmutableArray<Wire> inputs, ImmutableArray<PlanOutput> outputs, ImmutableArray<StateField> states, ImmutableArray<StepNode> nodes)
    {
        Name = name;
        Inputs = inputs;
        Outputs = outputs;
        Nodes = nodes;
        Layout = new StateLayout(states);
        Wires = Collect();
        _id = new Lazy<ulong>(ComputeId);
    }

    /// <summary>The model's name.</summary>
    public string Name { get; }

    /// <summary>What a step is given, in the model's order.</summary>
    public ImmutableArray<Wire> Inputs { get; }

    /// <summary>What a step answers, in the model's order.</summary>
    public ImmutableArray<PlanOutput> Outputs { get; }

    /// <summary>The nodes in running order.</summary>
    public ImmutableArray<StepNode> Nodes { get; }

    /// <summary>The memory of one stream.</summary>
    public StateLayout Layout { get; }

    /// <summary>Inputs of the model that were bound to one value when the plan was made; it has them in its numbers already. Default none.</summary>
    public ImmutableArray<StepConstant> Constants { get; init; } = [];

    /// <summary>Every wire with a value of its own, views left out: inputs first, then in the order in which nodes mention them.</summary>
    public ImmutableArray<Wire> Wires { get; }

    /// <summary>Multiplications and additions of one lane's step.</summary>
    public long Operations => Nodes.Sum(static node => node.Operations);

    /// <summary>Bytes of constants and weights that a step reads, each counted once.</summary>
    public long WeightBytes => Wires.Sum(static wire => wire.Constant is null ? 0L : wire.ByteCount)
        + Nodes.SelectMany(static node => node.OwnWeights).Distinct(ReferenceEqualityComparer.Instance).Sum(static weights => (long)((float[])weights!).Length * sizeof(float))
        - Nodes.SelectMany(static node => node.StoredWeights).Distinct().Sum(static matrix => (long)matrix.Rows * matrix.Columns * sizeof(float) - matrix.ByteCount);

    /// <summary>The small forms in which weight matrices are, the widest first; empty if all are float32.</summary>
    public ImmutableArray<WeightForm> SmallForms => [.. Nodes.SelectMany(static node => node.StoredWeights).Select(static matrix => matrix.Form).Distinct().Order()];

    /// <summary>The same plan with the weight matrices of recurrent and dense layers in another form. It is another model: its <see cref="Id"/> differs, and so do its numbers.</summary>
    /// <param name="form">The form. Matrices that it cannot hold stay as they are.</param>
    public StepPlan WithWeights(WeightForm form)
        => new(Name, Inputs, Outputs, Layout.Fields, [.. Nodes.Select(node => node.WithWeights(form))]) { Constants = Constants };

    /// <summary>Hash of everything that shapes the numbers: nodes, attributes and constants. Equal ids give equal steps on one instruction set.</summary>
    public ulong Id => _id.Value;

    /// <summary>One line for each input, state field, node and output.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"plan {Name}: {Nodes.Length} nodes, {Operations} operations per step, {Layout.RowBytes} bytes of state\n");
        foreach (Wire input in Inputs) text.Append(CultureInfo.InvariantCulture, $"  input  {input}\n");
        foreach (StateField field in Layout.Fields) text.Append(CultureInfo.InvariantCulture, $"  state  {field.Name} {field.Type.DisplayName()} {field.Shape} at byte {Layout.OffsetOf(field)}\n");
        foreach (StepNode node in Nodes) text.Append(CultureInfo.InvariantCulture, $"  node   {node}\n");
        foreach (PlanOutput output in Outputs) text.Append(CultureInfo.InvariantCulture, $"  output {output.Name} = {output.Wire}\n");
        return text.ToString();
    }

    private ulong ComputeId()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(ToString()));
        foreach (Wire wire in Wires)
        {
            if (wire.Constant is not null) hash.AppendData(wire.Constant.Bytes);
        }
        // A view shows a node another shape than the wire it is a view of.
        foreach (Wire? wire in Nodes.SelectMany(static node => node.Inputs.Concat(node.Outputs))) hash.AppendData(Encoding.UTF8.GetBytes($"{wire} {wire?.Root}\n"));
        foreach (StateField field in Layout.Fields)
        {
            if (field.Initial is not null) hash.AppendData(field.Initial.Bytes);
        }
        foreach (float[] weights in Nodes.SelectMany(static node => node.OwnWeights)) hash.AppendData(MemoryMarshal.AsBytes(weights.AsSpan()));
        return BinaryPrimitives.ReadUInt64LittleEndian(hash.GetHashAndReset());
    }

    private ImmutableArray<Wire> Collect()
    {
        HashSet<Wire> known = [];
        ImmutableArray<Wire>.Builder wires = ImmutableArray.CreateBuilder<Wire>();
        void Add(Wire wire)
        {
            if (known.Add(wire.Root)) wires.Add(wire.Root);
        }
        foreach (Wire input in Inputs) Add(input);
        foreach (StepNode node in Nodes)
        {
            foreach (Wire? input in node.Inputs)
            {
                if (input is null) continue;
                if (input.Constant is null && !known.Contains(input.Root)) throw new ArgumentException($"Plan '{Name}', node '{node.Name}' reads '{input.Name}', which nothing writes before it.");
                Add(input);
            }
            foreach (Wire? output in node.Outputs)
            {
                if (output is not null) Add(output);
            }
        }
        foreach (PlanOutput output in Outputs)
        {
            if (output.Wire.Constant is null && !known.Contains(output.Wire.Root)) throw new ArgumentException($"Plan '{Name}': nothing writes output '{output.Name}'.");
            Add(output.Wire);
        }
        return wires.ToImmutable();
    }
}
