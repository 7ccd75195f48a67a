using System.Collections.Immutable;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Control;

/// <summary>A Scan, or a Loop in the form of one: a body that runs a known number of times.</summary>
internal sealed record ScanForm
{
    /// <summary>Most trips of one node.</summary>
    public const int MostTrips = 1 << 20;

    /// <summary>The body; null where <see cref="Compute"/> is it.</summary>
    public OnnxGraph? Body { get; init; }

    /// <summary>A body that no graph says: from the states before a trip and one place of each value that is taken apart, the states after it and one place of each value that is put together.</summary>
    public Func<Composition, IReadOnlyList<Wire>, IReadOnlyList<Wire>, ImmutableArray<Wire>>? Compute { get; init; }

    /// <summary>How often it runs.</summary>
    public required int Trips { get; init; }

    /// <summary>What it carries.</summary>
    public required ImmutableArray<ScanFormState> States { get; init; }

    /// <summary>What it takes apart.</summary>
    public required ImmutableArray<ScanFormSlice> Slices { get; init; }

    /// <summary>What it puts together.</summary>
    public required ImmutableArray<ScanFormSlice> Stacks { get; init; }

    /// <summary>Inputs of the node that the body reads by name.</summary>
    public required ImmutableArray<(int Input, string Name)> Captures { get; init; }

    /// <summary>The state that ends the trips when it is false; -1 for none.</summary>
    public int Condition { get; init; } = -1;

    /// <summary>True if a state counts the trips.</summary>
    public bool CountsTrips { get; init; }

    /// <summary>True for the Scan of operator set 8, whose values have a batch axis before all others.</summary>
    public bool HasBatch { get; init; }

    /// <summary>Reads a Scan or Loop.</summary>
    /// <exception cref="LoweringException">It breaks the specification, or its number of trips is not known.</exception>
    public static ScanForm Read(NodeContext node) => node.Node.Operator == "Loop" ? LoopReader.Read(node) : ScanReader.Read(node);

    /// <summary>The axis of an input along which the trips go; -1 if it is not taken apart, or from its end.</summary>
    public int AxisOf(int input) => Slices.FirstOrDefault(slice => slice.Place == input) is { } slice ? slice.Axis : -1;
}
