using System.Globalization;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Hosting.Configuration;

/// <summary>Reads the keys of one map, notes what is wrong with each, and at the end which ones nobody knows.</summary>
/// <param name="node">The map.</param>
/// <param name="path">Its key path with a dot at the end; empty for the root.</param>
/// <param name="place">Where it begins, for what is missing.</param>
/// <param name="problems">Gets what is wrong.</param>
internal sealed class ConfigMap(ConfigNode node, string path, ConfigPlace place, ConfigProblems problems)
{
    private readonly List<string> _known = [];

    public ConfigPlace Place { get; } = place;

    public string Path { get; } = path;

    public IReadOnlyList<ConfigMember> Members => node.Members;

    /// <summary>Where a key's value stands, or the map itself if it is absent.</summary>
    public ConfigPlace PlaceOf(string key) => Find(key) is { } member ? member.Value.Kind == ConfigNodeKind.Nothing ? member.Place : member.Value.Place : Place;

    public bool Has(string key) => Find(key) is { Value.Kind: not ConfigNodeKind.Nothing };

    /// <summary>A text; null if the key is absent.</summary>
    public string? Text(string key)
    {
        if (Value(key) is not { } value) return null;
        if (value.Kind == ConfigNodeKind.Text) return value.Text;
        Refuse(key, $"is a {Word(value.Kind)}; expected a single value.");
        return null;
    }

    public string Required(string key, string expected)
    {
        string? text = Text(key);
        if (text is not null) return text;
        if (!Has(key)) problems.Add(PlaceOf(key), $"{Path}{key} is missing; expected {expected}.");
        return "";
    }

    public int? Whole(string key, int least, int greatest)
    {
        if (Text(key) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= greatest) return number;
        Refuse(key, string.Create(CultureInfo.InvariantCulture, $"is '{text}'; expected a whole number from {least} to {greatest}."));
        return null;
    }

    public double? Number(string key, double least, double greatest)
    {
        if (Text(key) is not { } text) return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double number) && number >= least && number <= greatest) return number;
        Refuse(key, string.Create(CultureInfo.InvariantCulture, $"is '{text}'; expected a number from {least} to {greatest}."));
        return null;
    }

    public bool? Flag(string key) => Choice<bool>(key, ("true", true), ("false", false));

    public TimeSpan? Duration(string key, TimeSpan least, TimeSpan greatest)
    {
        if (Text(key) is not { } text) return null;
        if (TryDuration(text, out TimeSpan duration) && duration >= least && duration <= greatest) return duration;
        Refuse(key, string.Create(CultureInfo.InvariantCulture, $"is '{text}'; expected a duration from {Say(least)} to {Say(greatest)}, such as 500ms, 30s, 15m, 1h or 7d."));
        return null;
    }

    public T? Choice<T>(string key, params ReadOnlySpan<(string Name, T Value)> choices) where T : struct
    {
        if (Text(key) is not { } text) return null;
        List<string> names = [];
        foreach ((string name, T value) in choices)
        {
            if (name == text) return value;
            names.Add(name);
        }
        Refuse(key, $"is '{text}'; expected {string.Join(" or ", names)}.{NearestName.Hint(text, names)}");
        return null;
    }

    /// <summary>Texts with their places: a list, or a single one.</summary>
    public List<(string Text, ConfigPlace Place)> Texts(string key)
    {
        if (Value(key) is not { } value) return [];
        if (value.Kind == ConfigNodeKind.Text) return [(value.Text, value.Place)];
        if (value.Kind != ConfigNodeKind.List)
        {
            Refuse(key, "is a map; expected a value or a list of values.");
            return [];
        }
        foreach (ConfigNode item in value.Items.Where(static item => item.Kind != ConfigNodeKind.Text)) problems.Add(item.Place, $"{Path}{key} holds a {Word(item.Kind)}; expected single values.");
        return [.. value.Items.Where(static item => item.Kind == ConfigNodeKind.Text).Select(static item => (item.Text, item.Place))];
    }

    /// <summary>A map; null if the key is absent.</summary>
    public ConfigMap? Map(string key)
    {
        if (Value(key) is not { } value) return null;
        if (value.Kind == ConfigNodeKind.Map) return new ConfigMap(value, $"{Path}{key}.", Find(key)!.Place, problems);
        Refuse(key, $"is a {Word(value.Kind)}; expected keys with values below it.");
        return null;
    }

    /// <summary>Notes that a key's value cannot be used.</summary>
    public void Refuse(string key, string problem) => problems.Add(PlaceOf(key), $"{Path}{key} {problem}");

    /// <summary>Notes the keys that nobody asked for.</summary>
    public void Complete()
    {
        foreach (ConfigMember member in node.Members.Where(member => !_known.Contains(member.Key)))
            problems.Add(member.Place, $"{Path}{member.Key} is no key.{NearestName.Hint(member.Key, _known)} Keys here: {string.Join(", ", _known)}.");
    }

    private ConfigMember? Find(string key) => node.Members.Find(member => member.Key == key);

    private ConfigNode? Value(string key)
    {
        if (!_known.Contains(key)) _known.Add(key);
        return Find(key)?.Value is { Kind: not ConfigNodeKind.Nothing } value ? value : null;
    }

    private static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        (double unit, int letters) = text switch { [.., 'm', 's'] => (0.001, 2), [.., 's'] => (1, 1), [.., 'm'] => (60, 1), [.., 'h'] => (3600, 1), [.., 'd'] => (86400, 1), _ => (0, 0) };
        if (letters == 0 || !double.TryParse(text.AsSpan(0, text.Length - letters), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) || number * unit > 1e9) return false;
        duration = TimeSpan.FromSeconds(number * unit);
        return true;
    }

    private static string Say(TimeSpan duration) => duration switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalDays:0.###}d"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalHours:0.###}h"),
        { TotalSeconds: >= 1 } or { Ticks: 0 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms"),
    };

    private static string Word(ConfigNodeKind kind) => kind switch { ConfigNodeKind.List => "list", ConfigNodeKind.Map => "map", ConfigNodeKind.Text => "single value", _ => "gap" };
}
