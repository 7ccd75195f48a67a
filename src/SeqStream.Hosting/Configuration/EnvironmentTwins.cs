using System.Globalization;

namespace SeqStream.Hosting.Configuration;

/// <summary>
/// Lays environment variables over a configuration: <c>SEQSTREAM__routes__activity__model</c> is the key <c>model</c> of the route <c>activity</c>. Letters' case does not matter where
/// the file has the key; an underscore stands for a hyphen in keys that SeqStream names. Places of a list are counted from 0.
/// </summary>
internal static class EnvironmentTwins
{
    /// <summary>How names of these variables begin.</summary>
    public const string Prefix = "SEQSTREAM__";

    private static readonly string[] s_namedFreely = ["routes", "dimensions", "constants"];

    /// <summary>The configuration with the variables laid over it.</summary>
    /// <param name="root">The file's root; not changed.</param>
    /// <param name="variables">All variables, also those that mean nothing here.</param>
    public static ConfigNode Lay(ConfigNode root, IEnumerable<KeyValuePair<string, string>> variables)
    {
        foreach ((string name, string value) in variables.Where(static variable => variable.Key.StartsWith(Prefix, StringComparison.Ordinal)).OrderBy(static variable => variable.Key, StringComparer.Ordinal))
        {
            root = Lay(root, name, name[Prefix.Length..].Split("__"), value);
        }
        return root;
    }

    /// <summary>The configuration with one value laid over it.</summary>
    /// <param name="root">The root; not changed.</param>
    /// <param name="source">What the value came from, as people name it.</param>
    /// <param name="path">The keys from the root to it.</param>
    /// <param name="value">The value; empty for none.</param>
    public static ConfigNode Lay(ConfigNode root, string source, ReadOnlySpan<string> path, string value)
    {
        ConfigPlace place = new(source);
        return Set(root, "", path, new ConfigNode(value.Length == 0 ? ConfigNodeKind.Nothing : ConfigNodeKind.Text, place, value), place);
    }

    private static ConfigNode Set(ConfigNode node, string key, ReadOnlySpan<string> path, ConfigNode value, ConfigPlace place)
    {
        if (path.IsEmpty) return value;
        bool isList = node.Kind == ConfigNodeKind.List || (node.Kind != ConfigNodeKind.Map && !s_namedFreely.Contains(key));
        if (isList && int.TryParse(path[0], NumberStyles.None, CultureInfo.InvariantCulture, out int at)) return SetItem(node, at, path, value, place);
        ConfigNode map = new(ConfigNodeKind.Map, node.Place);
        map.Members.AddRange(node.Members);
        string name = path[0];
        int index = map.Members.FindIndex(member => IsTwin(member.Key, name));
        if (index < 0 && !s_namedFreely.Contains(key)) name = name.ToLowerInvariant().Replace('_', '-');
        ConfigNode old = index < 0 ? new ConfigNode(ConfigNodeKind.Nothing, place) : map.Members[index].Value;
        ConfigMember member = new(index < 0 ? name : map.Members[index].Key, place, Set(old, index < 0 ? name : map.Members[index].Key, path[1..], value, place));
        if (index < 0) map.Members.Add(member);
        else map.Members[index] = path.Length == 1 ? member : member with { Place = map.Members[index].Place };
        return map;
    }

    private static ConfigNode SetItem(ConfigNode node, int at, ReadOnlySpan<string> path, ConfigNode value, ConfigPlace place)
    {
        ConfigNode list = new(ConfigNodeKind.List, node.Place);
        list.Items.AddRange(node.Items);
        ConfigNode item = Set(at < list.Items.Count ? list.Items[at] : new ConfigNode(ConfigNodeKind.Nothing, place), "", path[1..], value, place);
        if (at < list.Items.Count) list.Items[at] = item;
        else list.Items.Add(item);
        return list;
    }

    private static bool IsTwin(string key, string name) => string.Equals(key.Replace('-', '_'), name.Replace('-', '_'), StringComparison.OrdinalIgnoreCase);
}
