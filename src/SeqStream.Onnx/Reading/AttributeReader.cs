using System.Collections.Immutable;

namespace SeqStream.Onnx.Reading;

/// <summary>Reads ONNX <c>AttributeProto</c> messages.</summary>
internal static class AttributeReader
{
    /// <summary>Reads an attribute of a node in a graph that lies <paramref name="level"/> graphs deep.</summary>
    public static OnnxAttribute Read(ProtobufReader reader, int level)
    {
        reader.Budget.TakeItem(reader.Offset, weight: 4);
        string name = "";
        OnnxAttributeKind? stated = null;
        OnnxAttributeKind seen = OnnxAttributeKind.Other;
        float number = 0;
        long integer = 0;
        string text = "";
        OnnxTensor? tensor = null;
        OnnxGraph? graph = null;
        List<float>? floats = null;
        List<long>? ints = null;
        List<string>? texts = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Text(); break;
                case 2: number = reader.Float(); seen = OnnxAttributeKind.Float; break;
                case 3: integer = reader.Int(); seen = OnnxAttributeKind.Int; break;
                case 4: text = reader.LooseText(); seen = OnnxAttributeKind.Text; break;
                case 5: tensor = TensorReader.Read(reader.Message()); seen = OnnxAttributeKind.Tensor; break;
                case 6: graph = GraphReader.Read(reader.Message(), level + 1); seen = OnnxAttributeKind.Graph; break;
                case 7: reader.Floats(ref floats); seen = OnnxAttributeKind.Floats; break;
                case 8: reader.Ints(ref ints); seen = OnnxAttributeKind.Ints; break;
                case 9: (texts ??= []).Add(reader.LooseText()); seen = OnnxAttributeKind.Texts; break;
                case 20: stated = reader.Int() is var kind and >= 1 and <= 8 ? (OnnxAttributeKind)kind : OnnxAttributeKind.Other; break;
                default: reader.Skip(); break;
            }
        }
        OnnxAttributeKind held = stated ?? seen;
        if (held == OnnxAttributeKind.Tensor && tensor is null) throw reader.Fault($"attribute '{name}' should hold a tensor, but holds none");
        if (held == OnnxAttributeKind.Graph && graph is null) throw reader.Fault($"attribute '{name}' should hold a graph, but holds none");
        return new OnnxAttribute
        {
            Name = name,
            Kind = held,
            Float = number,
            Int = integer,
            Text = text,
            Tensor = tensor,
            Graph = graph,
            Floats = floats is null ? [] : [.. floats],
            Ints = ints is null ? [] : [.. ints],
            Texts = texts is null ? [] : [.. texts],
        };
    }
}
