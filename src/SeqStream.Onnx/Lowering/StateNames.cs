using System.Text.RegularExpressions;

namespace SeqStream.Onnx.Lowering;

/// <summary>Which output names a state input's name suggests.</summary>
internal static partial class StateNames
{
    private static readonly (string From, string To)[] s_words =
    [
        ("in", "out"), ("input", "output"), ("past", "present"), ("prev", "next"), ("previous", "next"), ("prev", "new"), ("previous", "new"), ("prev", "cur"),
        ("old", "new"), ("initial", "final"), ("init", "final"), ("0", "n"), ("0", "out"), ("i", "o"), ("last", "next"),
    ];

    /// <summary>Words that name a signal rather than a memory: <c>input</c> and <c>output</c> alone say nothing about state.</summary>
    private static readonly string[] s_signals = ["data", "audio", "signal", "frame", "features", "feature", "samples", "wav", "mag", "spec", "input", "output", "tensor"];

    private static readonly string[] s_suffixes = ["n", "_n", "out", "_out", "new", "_new", "next", "_next", "_o", "_final"];
    private static readonly string[] s_prefixes = ["new_", "next_", "out_", "present_", "updated_", "final_"];

    /// <summary>True if <paramref name="output"/> is a name that people give to the next value of <paramref name="input"/>.</summary>
    public static bool Suggests(string input, string output)
    {
        string from = input.ToLowerInvariant(), to = output.ToLowerInvariant();
        if (s_suffixes.Any(suffix => to == from + suffix) || s_prefixes.Any(prefix => to == prefix + from)) return true;
        List<string> inputWords = Split(from), outputWords = Split(to);
        if (inputWords.Count != outputWords.Count) return false;
        List<int> different = [.. Enumerable.Range(0, inputWords.Count).Where(index => inputWords[index] != outputWords[index])];
        if (different.Count != 1 || !s_words.Contains((inputWords[different[0]], outputWords[different[0]]))) return false;
        inputWords.RemoveAt(different[0]);
        return inputWords.Any(static word => char.IsAsciiLetter(word[0]) && !s_signals.Contains(word));
    }

    /// <summary>Letters, numbers and what lies between them, so that <c>h0</c> is h and 0, and <c>past.1.key</c> has five parts.</summary>
    private static List<string> Split(string name)
    {
        if (name is "hn" or "cn") return [name[..1], "n"];
        return [.. Word().Matches(name).Select(static match => match.Value)];
    }

    [GeneratedRegex("[a-z]+|[0-9]+|[^a-z0-9]+")]
    private static partial Regex Word();
}
