using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SeqStream.Hosting.Configuration;

/// <summary>
/// Reads YAML into nodes: one document of maps, lists and texts. Anchors, aliases and tags are refused, because a configuration needs none and they let a small file
/// grow without bound. Depth and number of nodes are limited.
/// </summary>
internal sealed class YamlNodes(string source, ConfigProblems problems)
{
    /// <summary>Longest file in characters.</summary>
    public const int MostCharacters = 1 << 20;

    private const int MostNodes = 20_000;
    private const int Deepest = 16;
    private int _nodes;

    /// <summary>The document's root; null if it cannot be read, which is then among the problems.</summary>
    public ConfigNode? Read(string text)
    {
        if (text.Length > MostCharacters)
        {
            problems.Add(new ConfigPlace(source), string.Create(CultureInfo.InvariantCulture, $"the file has {text.Length} characters; a configuration has at most {MostCharacters}. Is it the right file?"));
            return null;
        }
        Parser parser = new(new StringReader(text));
        try
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<YamlDotNet.Core.Events.StreamEnd>(out _)) return new ConfigNode(ConfigNodeKind.Nothing, new ConfigPlace(source, 1, 1));
            parser.Consume<DocumentStart>();
            ConfigNode root = ReadNode(parser, 0);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out DocumentStart? second)) problems.Add(PlaceOf(second.Start), "a second document begins here; a configuration is one document. Remove the line '---' and what follows.");
            return root;
        }
        catch (YamlException fault)
        {
            problems.Add(PlaceOf(fault.Start), $"this is no YAML: {Lower(fault.Message.TrimEnd('.'))}. Check the indentation, the blank after each colon, and quotes.");
            return null;
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            // What the parser's own checks let through.
            problems.Add(PlaceOf(parser.Current?.Start ?? Mark.Empty), "this is no YAML from here on. Check the indentation, the blank after each colon, and quotes.");
            return null;
        }
        catch (TooMuchException fault)
        {
            problems.Add(PlaceOf(fault.Place), fault.Message);
            return null;
        }
    }

    private ConfigNode ReadNode(Parser parser, int depth)
    {
        Mark start = parser.Current?.Start ?? Mark.Empty;
        if (++_nodes > MostNodes) throw new TooMuchException(start, string.Create(CultureInfo.InvariantCulture, $"here are more than {MostNodes} values; a configuration has fewer."));
        if (depth > Deepest) throw new TooMuchException(start, string.Create(CultureInfo.InvariantCulture, $"maps and lists lie more than {Deepest} deep; a configuration needs no such depth."));
        if (parser.TryConsume<AnchorAlias>(out AnchorAlias? alias))
        {
            problems.Add(PlaceOf(alias.Start), $"'*{alias.Value}' is an alias; write the value itself.");
            return new ConfigNode(ConfigNodeKind.Nothing, PlaceOf(alias.Start));
        }
        if (parser.Current is NodeEvent node) RefuseExtras(node);
        if (parser.TryConsume<Scalar>(out Scalar? scalar)) return TextNode(scalar);
        return parser.Accept<SequenceStart>(out _) ? ReadList(parser, depth) : ReadMap(parser, depth);
    }

    private void RefuseExtras(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty) problems.Add(PlaceOf(node.Start), $"'&{node.Anchor.Value}' is an anchor, which a configuration does not need. Remove it.");
        if (!node.Tag.IsEmpty) problems.Add(PlaceOf(node.Start), $"'{node.Tag}' is a tag, which a configuration does not need. Remove it.");
    }

    private ConfigNode TextNode(Scalar scalar)
    {
        bool isNothing = scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null";
        return new ConfigNode(isNothing ? ConfigNodeKind.Nothing : ConfigNodeKind.Text, PlaceOf(scalar.Start), isNothing ? "" : scalar.Value);
    }

    private ConfigNode ReadList(Parser parser, int depth)
    {
        ConfigNode list = new(ConfigNodeKind.List, PlaceOf(parser.Consume<SequenceStart>().Start));
        while (!parser.TryConsume<SequenceEnd>(out _)) list.Items.Add(ReadNode(parser, depth + 1));
        return list;
    }

    private ConfigNode ReadMap(Parser parser, int depth)
    {
        ConfigNode map = new(ConfigNodeKind.Map, PlaceOf(parser.Consume<MappingStart>().Start));
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            ConfigNode key = ReadNode(parser, depth + 1);
            ConfigNode value = ReadNode(parser, depth + 1);
            if (key.Kind != ConfigNodeKind.Text) problems.Add(key.Place, "here a key is expected, a word followed by a colon.");
            else if (map.Members.Find(member => member.Key == key.Text) is { } first) problems.Add(key.Place, $"'{key.Text}' stands here a second time; the first is in line {first.Place.Line.ToString(CultureInfo.InvariantCulture)}. Keep one of them.");
            else map.Members.Add(new ConfigMember(key.Text, key.Place, value));
        }
        return map;
    }

    private ConfigPlace PlaceOf(Mark mark) => new(source, Math.Max(1, mark.Line), Math.Max(1, mark.Column));

    private static string Lower(string message) => message.Length == 0 ? message : char.ToLowerInvariant(message[0]) + message[1..];

    private sealed class TooMuchException(Mark place, string message) : Exception(message)
    {
        public Mark Place { get; } = place;
    }
}
