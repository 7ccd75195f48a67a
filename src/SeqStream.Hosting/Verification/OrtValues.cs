using System.Text;

namespace SeqStream.Hosting.Verification;

/// <summary>Makes a model answer inner values too, without rewriting its file: serialised messages that follow one another are read as one, so that outputs can be added behind the last byte.</summary>
internal static class OrtValues
{
    private const byte GraphOfModel = (7 << 3) | 2, OutputOfGraph = (12 << 3) | 2, NameOfValue = (1 << 3) | 2;

    /// <summary>The model's bytes with further outputs.</summary>
    public static byte[] Expose(ReadOnlySpan<byte> model, IEnumerable<string> values)
    {
        List<byte> outputs = [];
        foreach (string value in values)
        {
            byte[] name = Encoding.UTF8.GetBytes(value);
            List<byte> output = [NameOfValue];
            AddLength(output, name.Length);
            output.AddRange(name);
            outputs.Add(OutputOfGraph);
            AddLength(outputs, output.Count);
            outputs.AddRange(output);
        }
        List<byte> bytes = [.. model, GraphOfModel];
        AddLength(bytes, outputs.Count);
        bytes.AddRange(outputs);
        return [.. bytes];
    }

    private static void AddLength(List<byte> bytes, int length)
    {
        for (uint rest = (uint)length; ; rest >>= 7)
        {
            bytes.Add((byte)((rest & 0x7f) | (rest > 0x7f ? 0x80u : 0)));
            if (rest <= 0x7f) return;
        }
    }
}
