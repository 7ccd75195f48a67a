using System.Text;
using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Routing;

/// <summary>
/// Which topics a feed takes and how they name streams: <c>sensors/{stream}/accel</c>. A level in braces is part of the name; the parts of several are joined
/// with slashes. <c>+</c> and a last <c>#</c> select without naming. Without a level in braces all topics belong to one stream, or to the one a record names.
/// </summary>
public sealed class TopicPattern
{
    private readonly Level[] _levels;

    private TopicPattern(string text, Level[] levels)
    {
        Text = text;
        _levels = levels;
        Filter = string.Join('/', levels.Select(static level => level.Kind switch { LevelKind.Rest => "#", LevelKind.Exact => level.Text, _ => "+" }));
        NamesStreams = levels.Any(static level => level.Kind == LevelKind.Named);
    }

    private enum LevelKind
    {
        Exact,
        Any,
        Named,
        Rest,
    }

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>The subscription that selects its topics.</summary>
    public string Filter { get; }

    /// <summary>True if topics name streams.</summary>
    public bool NamesStreams { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="ArgumentException">It is not one; the message says why.</exception>
    public static TopicPattern Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith("$share/", StringComparison.Ordinal))
            throw Refuse(text, "a shared subscription ($share) spreads the messages of one stream over several clients, so that no memory would see all of them in order. Subscribe without it, one client for all streams of a model");
        Level[] levels = [.. text.Split('/').Select(level => LevelOf(text, level))];
        TopicPattern pattern = new(text, levels);
        if (Topics.ProblemOfFilter(pattern.Filter) is { } problem) throw Refuse(text, problem);
        return pattern;
    }

    /// <summary>Finds the stream's name in a topic. False if the pattern does not select the topic or the name is too long.</summary>
    /// <param name="topic">The topic in UTF-8.</param>
    /// <param name="name">Where the name goes, in UTF-8.</param>
    /// <param name="length">Bytes of the name; 0 if the pattern names no streams.</param>
    [HotPath]
    public bool TryMatch(ReadOnlySpan<byte> topic, Span<byte> name, out int length)
    {
        length = 0;
        bool isOver = false;
        foreach (Level level in _levels)
        {
            if (level.Kind == LevelKind.Rest) return true;
            if (isOver) return false;
            int slash = topic.IndexOf((byte)'/');
            isOver = slash < 0;
            ReadOnlySpan<byte> part = isOver ? topic : topic[..slash];
            if (!isOver) topic = topic[(slash + 1)..];
            if (level.Kind == LevelKind.Exact && !part.SequenceEqual(level.Utf8)) return false;
            if (level.Kind == LevelKind.Named && !TryAppend(part, name, ref length)) return false;
        }
        return isOver;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static bool TryAppend(ReadOnlySpan<byte> part, Span<byte> name, ref int length)
    {
        int separator = length > 0 ? 1 : 0;
        if (part.Length + separator > name.Length - length) return false;
        if (separator > 0) name[length++] = (byte)'/';
        part.CopyTo(name[length..]);
        length += part.Length;
        return true;
    }

    private static Level LevelOf(string text, string level)
    {
        if (level == "+") return new Level(LevelKind.Any, level);
        if (level == "#") return new Level(LevelKind.Rest, level);
        if (level.Length > 2 && level[0] == '{' && level[^1] == '}' && level.AsSpan(1, level.Length - 2).IndexOfAny('{', '}') < 0) return new Level(LevelKind.Named, level);
        return level.AsSpan().IndexOfAny('{', '}') < 0
            ? new Level(LevelKind.Exact, level)
            : throw Refuse(text, $"in level '{level}' braces must enclose the whole level, as in {{stream}}");
    }

    private static ArgumentException Refuse(string text, string problem) => new($"The topic pattern '{text}' cannot be used: {problem}.");

    private sealed record Level(LevelKind Kind, string Text)
    {
        public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(Text);
    }
}
