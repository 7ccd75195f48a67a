using System.Collections.Immutable;

namespace SeqStream.Onnx.Reading;

/// <summary>Reads ONNX <c>ModelProto</c> messages.</summary>
internal static class ModelReader
{
    /// <summary>Reads a model. Fields that SeqStream has no use for are passed over.</summary>
    public static OnnxModel Read(ProtobufReader reader)
    {
        long irVersion = 0;
        string producer = "";
        string producerVersion = "";
        OnnxGraph? graph = null;
        ImmutableDictionary<string, long>.Builder opsets = ImmutableDictionary.CreateBuilder<string, long>();
        ImmutableDictionary<string, string>.Builder metadata = ImmutableDictionary.CreateBuilder<string, string>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: irVersion = reader.Int(); break;
                case 2: producer = reader.LooseName(); break;
                case 3: producerVersion = reader.LooseName(); break;
                case 7:
                    if (graph is not null) throw reader.Fault("there are two graphs in it; expected one");
                    graph = GraphReader.Read(reader.Message(), level: 0);
                    break;
                case 8: ReadOpset(reader.Message(), opsets); break;
                case 14: ReadEntry(reader.Message(), metadata); break;
                default: reader.Skip(); break;
            }
        }
        if (graph is null) throw reader.Fault("there is no graph in it; this is not an ONNX model, or it is cut short");
        return new OnnxModel
        {
            File = reader.Budget.File,
            IrVersion = irVersion,
            Producer = $"{producer} {producerVersion}".Trim(),
            Opsets = opsets.ToImmutable(),
            Metadata = metadata.ToImmutable(),
            Graph = graph,
        };
    }

    private static void ReadOpset(ProtobufReader reader, ImmutableDictionary<string, long>.Builder opsets)
    {
        string domain = "";
        long version = 0;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: domain = GraphReader.DomainOf(reader.Text()); break;
                case 2: version = reader.Int(); break;
                default: reader.Skip(); break;
            }
        }
        if (version is < 1 or > int.MaxValue) throw reader.Fault($"operator set '{domain}' has version {version}; expected 1 or more");
        opsets[domain] = version;
    }

    private static void ReadEntry(ProtobufReader reader, ImmutableDictionary<string, string>.Builder metadata)
    {
        string key = "";
        string value = "";
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: key = reader.LooseName(); break;
                case 2: value = reader.LooseText(); break;
                default: reader.Skip(); break;
            }
        }
        metadata[key] = value;
    }
}
