using System.Collections.Immutable;
using SeqStream.Onnx.Reading;

namespace SeqStream.Onnx.Lowering;

/// <summary>
/// Which recurrent states an input reaches, and which an output comes from, through nodes that only move elements. It looks at names alone, before anything is lowered.
/// </summary>
internal sealed class RecurrentPaths
{
    private static readonly ImmutableHashSet<string> s_movements = ["Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose", "Slice", "Split", "Gather", "Concat", "Cast"];
    private const int MostMarks = 1_000_000;
    private readonly Dictionary<string, HashSet<string>> _initial = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _final = new(StringComparer.Ordinal);
    private int _marks;

    /// <summary>Follows all paths of a graph.</summary>
    public RecurrentPaths(OnnxGraph graph)
    {
        foreach (OnnxNode node in graph.Nodes) Follow(node);
        foreach (OnnxNode node in graph.Nodes.Reverse()) FollowBack(node);
    }

    /// <summary>True for nodes that move elements and compute nothing.</summary>
    public static bool IsMovement(OnnxNode node) => node.Domain.Length == 0 && s_movements.Contains(node.Operator);

    /// <summary>True if all the recurrent states that the input fills are those that the output is made of; false for all where there are too many paths to follow.</summary>
    public bool Connects(OnnxValue input, OnnxValue output)
        => _marks <= MostMarks && _initial.TryGetValue(input.Name, out HashSet<string>? filled) && _final.TryGetValue(output.Name, out HashSet<string>? made) && filled.SetEquals(made);

    /// <summary>The connection, in words.</summary>
    public string Explain(OnnxValue input, OnnxValue output) => $"it is the initial state, and '{output.Name}' the final one, of {string.Join(", ", _initial[input.Name].Order(StringComparer.Ordinal))}";

    private void Follow(OnnxNode node)
    {
        if (RecurrentRule.IsRecurrent(node))
        {
            for (int output = 1; output < node.Outputs.Length; output++) Mark(_final, node.Outputs[output], [$"{node.Name}.{(output == 1 ? 'h' : 'c')}"]);
        }
        else if (IsMovement(node))
        {
            foreach (string input in Moved(node))
            {
                if (!_final.TryGetValue(input, out HashSet<string>? made)) continue;
                foreach (string output in node.Outputs) Mark(_final, output, made);
            }
        }
    }

    private void FollowBack(OnnxNode node)
    {
        if (RecurrentRule.IsRecurrent(node))
        {
            for (int input = 5; input < Math.Min(node.Inputs.Length, 7); input++) Mark(_initial, node.Inputs[input], [$"{node.Name}.{(input == 5 ? 'h' : 'c')}"]);
        }
        else if (IsMovement(node))
        {
            foreach (string output in node.Outputs)
            {
                if (!_initial.TryGetValue(output, out HashSet<string>? filled)) continue;
                foreach (string input in Moved(node)) Mark(_initial, input, filled);
            }
        }
    }

    private static ImmutableArray<string> Moved(OnnxNode node) => node.Operator == "Concat" ? node.Inputs : [.. node.Inputs.Take(1)];

    private void Mark(Dictionary<string, HashSet<string>> marks, string name, HashSet<string> states)
    {
        if (name.Length == 0 || (_marks += states.Count) > MostMarks) return;
        if (marks.TryGetValue(name, out HashSet<string>? known)) known.UnionWith(states);
        else marks.Add(name, [.. states]);
    }
}
