using System.Runtime.InteropServices;

namespace SeqStream.Onnx.Lowering;

/// <summary>The names of a plan's wires, each given once.</summary>
internal sealed class WireNames
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _copies = new(StringComparer.Ordinal);

    /// <summary>Takes a name as it is, perhaps once more.</summary>
    public void Add(string name) => _taken.Add(name);

    /// <summary>The name, or where it is taken the name with the next number behind it.</summary>
    public string Unique(string name)
    {
        string unique = name;
        while (!_taken.Add(unique))
        {
            ref int copy = ref CollectionsMarshal.GetValueRefOrAddDefault(_copies, name, out bool isKnown);
            copy = isKnown ? copy + 1 : 2;
            unique = $"{name}~{copy}";
        }
        return unique;
    }
}
