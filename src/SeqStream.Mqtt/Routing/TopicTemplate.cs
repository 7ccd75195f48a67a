using System.Text;
using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Routing;

/// <summary>Where emissions go: <c>activity/{stream}</c>. A stream's name takes the place of <c>{stream}</c>; what a topic must not hold becomes <c>_</c>.</summary>
public sealed class TopicTemplate
{
    private const string Place = "{stream}";
    private readonly string _before;
    private readonly string? _after;

    private TopicTemplate(string before, string? after)
    {
        _before = before;
        _after = after;
    }

    /// <summary>Reads a template.</summary>
    /// <exception cref="ArgumentException">It is not one; the message says why.</exception>
    public static TopicTemplate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int at = text.IndexOf(Place, StringComparison.Ordinal);
        TopicTemplate template = at < 0 ? new TopicTemplate(text, null) : new TopicTemplate(text[..at], text[(at + Place.Length)..]);
        string? problem = Topics.ProblemOfName(template.TopicOf("x"u8));
        if (problem is null && template.TopicOf("x"u8).AsSpan().IndexOfAny('{', '}') >= 0) problem = $"only {Place} may stand in braces, and only once";
        return problem is null ? template : throw new ArgumentException($"The topic template '{text}' cannot be used: {problem}.");
    }

    /// <summary>The topic for a stream; one without a name leaves out its place and a slash beside it.</summary>
    public string TopicOf(ReadOnlySpan<byte> stream)
    {
        if (_after is null) return _before;
        if (!stream.IsEmpty) return _before + Encoding.UTF8.GetString(stream).Replace('+', '_').Replace('#', '_').Replace('\0', '_') + _after;
        return _before.EndsWith('/') && (_after.Length == 0 || _after[0] == '/') ? _before[..^1] + _after : _before + _after;
    }
}
