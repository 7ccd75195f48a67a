using System.Collections.Immutable;
using System.Globalization;

namespace SeqStream.Onnx.Reading;

/// <summary>Reads ONNX <c>GraphProto</c> and <c>NodeProto</c> messages, nested graphs included, to a bounded depth.</summary>
internal static class GraphReader
{
    /// <summary>Reads a graph that lies <paramref name="level"/> graphs deep.</summary>
    public static OnnxGraph Read(ProtobufReader reader, int level)
    {
        if (level > reader.Budget.Limits.SubgraphLevels) throw reader.Fault($"graphs are nested more than {reader.Budget.Limits.SubgraphLevels} deep, which is the limit");
        string name = "";
        ImmutableArray<OnnxValue>.Builder inputs = ImmutableArray.CreateBuilder<OnnxValue>();
        ImmutableArray<OnnxValue>.Builder outputs = ImmutableArray.CreateBuilder<OnnxValue>();
        ImmutableArray<OnnxNode>.Builder nodes = ImmutableArray.CreateBuilder<OnnxNode>();
        ImmutableDictionary<string, OnnxTensor>.Builder initializers = ImmutableDictionary.CreateBuilder<string, OnnxTensor>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: nodes.Add(ReadNode(reader.Message(), nodes.Count, level)); break;
                case 2: name = reader.LooseName(); break;
                case 5: AddInitializer(reader, initializers, TensorReader.Read(reader.Message())); break;
                case 11: AddPort(reader, inputs, ValueReader.Read(reader.Message()), "inputs"); break;
                case 12: AddPort(reader, outputs, ValueReader.Read(reader.Message()), "outputs"); break;
                case 15: AddInitializer(reader, initializers, ReadSparse(reader.Message())); break;
                default: reader.Skip(); break;
            }
        }
        ImmutableArray<OnnxValue> free = [.. inputs.Where(input => !initializers.ContainsKey(input.Name))];
        CheckNames(reader, inputs, outputs, initializers, nodes);
        return new OnnxGraph
        {
            Name = name,
            Inputs = free,
            Outputs = outputs.ToImmutable(),
            Initializers = initializers.ToImmutable(),
            Nodes = nodes.ToImmutable(),
        };
    }

    /// <summary>The domain as nodes and opsets should write it: <c>ai.onnx</c> is the empty domain's other name.</summary>
    public static string DomainOf(string text) => text == "ai.onnx" ? "" : text;

    private static void AddPort(in ProtobufReader reader, ImmutableArray<OnnxValue>.Builder ports, OnnxValue port, string what)
    {
        if (ports.Count == reader.Budget.Limits.Ports) throw reader.Fault($"a graph has more than {ports.Count} {what}, which is the limit");
        ports.Add(port);
    }

    /// <summary>Refuses a graph in which one name means two values.</summary>
    private static void CheckNames(
        in ProtobufReader reader, ImmutableArray<OnnxValue>.Builder inputs, ImmutableArray<OnnxValue>.Builder outputs, ImmutableDictionary<string, OnnxTensor>.Builder initializers, ImmutableArray<OnnxNode>.Builder nodes)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (OnnxValue output in outputs)
        {
            if (!names.Add(output.Name)) throw reader.Fault($"a graph has two outputs '{output.Name}'");
        }
        names.Clear();
        foreach (OnnxValue input in inputs)
        {
            if (!names.Add(input.Name)) throw reader.Fault($"a graph has two inputs '{input.Name}'");
        }
        names.UnionWith(initializers.Keys);
        foreach (OnnxNode node in nodes)
        {
            foreach (string output in node.Outputs)
            {
                if (output.Length > 0 && !names.Add(output)) throw reader.Fault($"node '{node.Name}' ({node.Operator}) makes '{output}', but another node, an input or a stored tensor has that name already. Every value needs a name of its own");
            }
        }
    }

    private static void AddInitializer(in ProtobufReader reader, ImmutableDictionary<string, OnnxTensor>.Builder initializers, OnnxTensor tensor)
    {
        if (tensor.Name.Length == 0) throw reader.Fault("an initializer has no name");
        if (!initializers.TryAdd(tensor.Name, tensor)) throw reader.Fault($"two initializers have the name '{tensor.Name}'");
    }

    private static OnnxTensor ReadSparse(ProtobufReader reader)
    {
        string name = "";
        while (reader.Next())
        {
            if (reader.Field == 1) name = TensorReader.Read(reader.Message()).Name;
            else reader.Skip();
        }
        return new OnnxTensor(name, null, "it is a sparse tensor, which SeqStream does not compute with");
    }

    private static OnnxNode ReadNode(ProtobufReader reader, int index, int level)
    {
        reader.Budget.TakeNode(reader.Offset);
        string name = "";
        string @operator = "";
        string domain = "";
        ImmutableArray<string>.Builder inputs = ImmutableArray.CreateBuilder<string>();
        ImmutableArray<string>.Builder outputs = ImmutableArray.CreateBuilder<string>();
        ImmutableDictionary<string, OnnxAttribute>.Builder? attributes = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: inputs.Add(reader.Text()); break;
                case 2: outputs.Add(reader.Text()); break;
                case 3: name = reader.LooseName(); break;
                case 4: @operator = reader.Text(); break;
                case 5:
                    OnnxAttribute attribute = AttributeReader.Read(reader.Message(), level);
                    attributes ??= ImmutableDictionary.CreateBuilder<string, OnnxAttribute>();
                    if (!attributes.TryAdd(attribute.Name, attribute)) throw reader.Fault($"node '{name}' has two attributes '{attribute.Name}'");
                    break;
                case 7: domain = DomainOf(reader.Text()); break;
                default: reader.Skip(); break;
            }
        }
        if (@operator.Length == 0) throw reader.Fault($"node '{name}' names no operator");
        return new OnnxNode
        {
            Name = name.Length > 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{@operator}#{index}"),
            Operator = @operator,
            Domain = domain,
            Inputs = inputs.ToImmutable(),
            Outputs = outputs.ToImmutable(),
            Attributes = attributes?.ToImmutable() ?? ImmutableDictionary<string, OnnxAttribute>.Empty,
        };
    }
}
