using System.Text;

namespace SeqStream.Hosting.Configuration;

/// <summary>A value of a configuration with the place where it stands.</summary>
internal sealed class ConfigNode(ConfigNodeKind kind, ConfigPlace place, string text = "")
{
    public ConfigNodeKind Kind { get; } = kind;

    public ConfigPlace Place { get; } = place;

    public string Text { get; } = text;

    public List<ConfigNode> Items { get; } = [];

    public List<ConfigMember> Members { get; } = [];

    /// <summary>The same text for the same values, wherever they stand and in whatever order the keys come.</summary>
    public string Fingerprint()
    {
        StringBuilder text = new();
        Append(text);
        return text.ToString();
    }

    private void Append(StringBuilder text)
    {
        text.Append(Kind).Append(Text.Length).Append(':').Append(Text).Append('(');
        foreach (ConfigNode item in Items) item.Append(text);
        foreach (ConfigMember member in Members.OrderBy(static member => member.Key, StringComparer.Ordinal))
        {
            text.Append(member.Key.Length).Append('=').Append(member.Key);
            member.Value.Append(text);
        }
        text.Append(')');
    }
}
