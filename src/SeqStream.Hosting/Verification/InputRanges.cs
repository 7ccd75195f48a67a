using System.Collections.Immutable;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Plan;

namespace SeqStream.Hosting.Verification;

/// <summary>
/// Draws inputs that a model can take. Floats lie between -1 and 1. Integers keep to the bounds that the card gives, else to the size of the table that they choose from, else they are 0 to 3.
/// </summary>
internal sealed class InputRanges
{
    private const long MostUnknown = 3;
    private static readonly ImmutableHashSet<string> s_movers = ["Cast", "Identity", "Unsqueeze", "Squeeze", "Reshape", "Transpose", "Flatten", "Slice", "Concat", "Split", "Expand"];
    private readonly Dictionary<string, (long Least, long Greatest)> _ranges = new(StringComparer.Ordinal);

    public InputRanges(OnnxModel model, ImmutableArray<(string Input, long Least, long Greatest)> bounds)
    {
        foreach (OnnxValue input in model.Graph.Inputs) _ranges[input.Name] = (0, input.Type == ElementType.Bool ? 1 : TableOf(model.Graph, input.Name) - 1 ?? MostUnknown);
        foreach ((string input, long least, long greatest) in bounds) _ranges[input] = (least, greatest);
    }

    /// <summary>A random value for an input.</summary>
    public OrtTensor Draw(string input, ElementType type, ImmutableArray<long> shape, Random random)
    {
        OrtTensor tensor = OrtTensor.Zeros(input, type, shape);
        (long least, long greatest) = _ranges.GetValueOrDefault(input, (0, MostUnknown));
        for (int element = 0; element < tensor.ElementCount; element++)
            Elements.Set(type, tensor.Bytes, element, Elements.IsExact(type) ? random.NextInt64(least, greatest + 1) : (random.NextDouble() * 2) - 1);
        return tensor;
    }

    /// <summary>Rows of the smallest table whose rows the input's numbers choose, also after they were moved about; null if there is none.</summary>
    private static long? TableOf(OnnxGraph graph, string input)
    {
        HashSet<string> same = [input];
        long? rows = null;
        foreach (OnnxNode node in graph.Nodes.Where(node => node.Inputs.Any(same.Contains)))
        {
            if (s_movers.Contains(node.Operator)) same.UnionWith(node.Outputs);
            bool isIndexed = node.Operator is "Gather" or "GatherElements" && node.Inputs.Length > 1 && same.Contains(node.Inputs[1]);
            if (!isIndexed || graph.Initializers.GetValueOrDefault(node.Inputs[0])?.Value is not { } table) continue;
            long size = table.Shape[(int)(node.Attributes.GetValueOrDefault("axis")?.Int ?? 0)];
            rows = Math.Min(rows ?? size, size);
        }
        return rows;
    }
}
