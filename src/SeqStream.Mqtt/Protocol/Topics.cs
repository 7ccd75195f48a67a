namespace SeqStream.Mqtt.Protocol;

/// <summary>Rules for topic names and topic filters (MQTT 5, section 4.7).</summary>
public static class Topics
{
    /// <summary>Levels of a topic: one more than it has slashes.</summary>
    [HotPath]
    public static int LevelsOf(ReadOnlySpan<byte> topic) => topic.Count((byte)'/') + 1;

    /// <summary>True if a message may have the topic: not empty, no wildcard.</summary>
    [HotPath]
    public static bool IsName(ReadOnlySpan<byte> topic) => topic.Length > 0 && topic.IndexOfAny((byte)'+', (byte)'#') < 0;

    /// <summary>Says what is wrong with a topic filter, or null.</summary>
    public static string? ProblemOfFilter(string filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (filter.Length == 0) return "the filter is empty";
        if (filter.Contains('\0', StringComparison.Ordinal)) return "the filter holds U+0000";
        string[] levels = filter.Split('/');
        for (int i = 0; i < levels.Length; i++)
        {
            if (levels[i].Contains('+', StringComparison.Ordinal) && levels[i] != "+") return $"in '{filter}' a '+' must stand alone in its level";
            if (levels[i].Contains('#', StringComparison.Ordinal) && (levels[i] != "#" || i != levels.Length - 1)) return $"in '{filter}' a '#' must stand alone in the last level";
        }
        if (levels[0] != "$share") return null;
        return levels.Length > 2 && levels[1].Length > 0 && levels[1] != "+" ? null : $"'{filter}' must be $share/NAME/FILTER";
    }

    /// <summary>Says what is wrong with the topic of a message to publish, or null.</summary>
    public static string? ProblemOfName(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (topic.Length == 0) return "the topic is empty";
        if (topic.AsSpan().IndexOfAny('+', '#') >= 0) return $"the topic '{topic}' holds a wildcard; only filters may";
        if (topic.Contains('\0', StringComparison.Ordinal)) return "the topic holds U+0000";
        return null;
    }

    /// <summary>True if the filter selects the topic. Topics that begin with <c>$</c> are not selected by a wildcard in the first level.</summary>
    public static bool Matches(string filter, string topic)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(topic);
        string[] wanted = filter.Split('/');
        string[] levels = topic.Split('/');
        if (topic.StartsWith('$') && (wanted[0] is "+" or "#")) return false;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] == "#") return true;
            if (i >= levels.Length || (wanted[i] != "+" && wanted[i] != levels[i])) return false;
        }
        return wanted.Length == levels.Length;
    }
}
