using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SeqStream.Onnx.Reading;

namespace SeqStream.Onnx.Lowering.Control;

/// <summary>Which values of the graphs around them the bodies of Scan and Loop read. They become inputs of the node, so that everything that looks at inputs sees them.</summary>
internal static class BodyNames
{
    private static readonly ConditionalWeakTable<OnnxNode, Names> s_known = [];

    /// <summary>The names that a node reads: its inputs, and for a Scan or Loop what its body takes from outside.</summary>
    public static ImmutableArray<string> InputsOf(OnnxNode node) => IsRepeating(node) ? [.. node.Inputs, .. CapturesOf(node)] : node.Inputs;

    /// <summary>True for Scan and Loop.</summary>
    public static bool IsRepeating(OnnxNode node) => node is { Domain: "", Operator: "Scan" or "Loop" };

    /// <summary>The names that the nested graphs of a node read and do not make, each once, in the order in which they are met.</summary>
    public static ImmutableArray<string> CapturesOf(OnnxNode node)
        => s_known.GetValue(node, static node => new Names([.. node.Attributes.Values.Select(static attribute => attribute.Graph).OfType<OnnxGraph>().SelectMany(static graph => FreeNames(graph)).Distinct()])).Values;

    private static IEnumerable<string> FreeNames(OnnxGraph graph)
    {
        HashSet<string> made = [.. graph.Inputs.Select(static input => input.Name), .. graph.Initializers.Keys, .. graph.Nodes.SelectMany(static node => node.Outputs)];
        IEnumerable<string> read = graph.Nodes.SelectMany(static node => node.Inputs.Concat(CapturesOf(node))).Concat(graph.Outputs.Select(static output => output.Name));
        return read.Where(name => name.Length > 0 && !made.Contains(name));
    }

    private sealed record Names(ImmutableArray<string> Values);
}
