using System.Collections.Immutable;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Control;

/// <summary>The values that a Loop's body reads place by place: trip i reads place i, through Gather with the iteration number as its index.</summary>
/// <param name="Slices">What is read so; the body's name is that of the Gather's output.</param>
/// <param name="Rest">The body without those Gathers and without nodes that nothing needs.</param>
/// <param name="CountsTrips">True if the rest still reads the iteration number.</param>
internal sealed record LoopGathers(ImmutableArray<ScanFormSlice> Slices, OnnxGraph Rest, bool CountsTrips)
{
    /// <summary>Finds them.</summary>
    /// <param name="node">The Loop.</param>
    /// <param name="body">Its body.</param>
    /// <param name="captures">What the body reads from outside, with the node's inputs.</param>
    /// <param name="trips">How often the body runs: a value with another number of places is left to the Gather.</param>
    public static LoopGathers Find(NodeContext node, OnnxGraph body, ImmutableArray<(int Input, string Name)> captures, int trips)
    {
        Dictionary<string, bool> counters = CountersOf(body);
        List<ScanFormSlice> slices = [];
        HashSet<OnnxNode> taken = new(ReferenceEqualityComparer.Instance);
        foreach ((int input, string name) in captures)
        {
            if (node.OptionalInput(input) is not { Constant: null } whole || Uses(body, name, counters) is not { Count: > 0 } gathers) continue;
            foreach (OnnxNode gather in gathers)
            {
                long axis = gather.Attributes.GetValueOrDefault("axis")?.Int ?? 0;
                int place = (int)(axis < 0 ? axis + whole.Shape.Rank : axis);
                if (place < 0 || place >= whole.Shape.Rank || whole.Shape[place] != trips) continue;
                slices.Add(new ScanFormSlice(input, gather.Outputs[0], place, KeepsAxis: counters[gather.Inputs[1]]));
                taken.Add(gather);
            }
            if (gathers.Any(gather => !taken.Contains(gather)))
            {
                slices.RemoveAll(slice => slice.Place == input);
                taken.ExceptWith(gathers);
            }
        }
        OnnxGraph rest = Prune(body.With([.. body.Nodes.Where(candidate => !taken.Contains(candidate))], body.Initializers));
        bool counts = rest.Outputs.Any(output => output.Name == body.Inputs[0].Name) || rest.Nodes.Any(other => other.Inputs.Concat(BodyNames.CapturesOf(other)).Contains(body.Inputs[0].Name));
        return new LoopGathers([.. slices], rest, counts);
    }

    /// <summary>The names of the iteration number: true where it has an axis of size 1, false where it has none.</summary>
    private static Dictionary<string, bool> CountersOf(OnnxGraph body)
    {
        Dictionary<string, bool> counters = new(StringComparer.Ordinal) { [body.Inputs[0].Name] = body.Inputs[0] is { HasRank: true, Dimensions.Length: 1 } };
        foreach (OnnxNode node in body.Nodes)
        {
            if (node.Domain.Length > 0 || node.Inputs.Length == 0 || !counters.TryGetValue(node.Inputs[0], out bool hasAxis)) continue;
            if (node.Operator is "Identity" or "Cast") counters[node.Outputs[0]] = hasAxis;
            else if (node.Operator == "Unsqueeze" && !hasAxis) counters[node.Outputs[0]] = true;
        }
        return counters;
    }

    /// <summary>The Gathers that read a value at the iteration number; null if anything else reads it.</summary>
    private static List<OnnxNode>? Uses(OnnxGraph body, string name, Dictionary<string, bool> counters)
    {
        if (body.Outputs.Any(output => output.Name == name)) return null;
        List<OnnxNode> gathers = [];
        foreach (OnnxNode node in body.Nodes)
        {
            if (!node.Inputs.Contains(name) && !BodyNames.CapturesOf(node).Contains(name)) continue;
            bool isPlace = node is { Domain: "", Operator: "Gather", Inputs.Length: 2 } && node.Inputs[0] == name && counters.ContainsKey(node.Inputs[1]);
            if (!isPlace) return null;
            gathers.Add(node);
        }
        return gathers;
    }

    private static OnnxGraph Prune(OnnxGraph body)
    {
        HashSet<string> needed = [.. body.Outputs.Select(static output => output.Name)];
        List<OnnxNode> kept = [];
        foreach (OnnxNode node in body.Nodes.Reverse())
        {
            if (!node.Outputs.Any(needed.Contains)) continue;
            kept.Add(node);
            needed.UnionWith(node.Inputs.Concat(BodyNames.CapturesOf(node)));
        }
        kept.Reverse();
        return body.With([.. kept], body.Initializers);
    }
}
