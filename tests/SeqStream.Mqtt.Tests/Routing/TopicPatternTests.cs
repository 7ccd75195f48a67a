using System.Text;
using SeqStream.Mqtt.Routing;

namespace SeqStream.Mqtt.Tests.Routing;

public sealed class TopicPatternTests
{
    [Theory]
    [InlineData("sensors/{stream}/accel", "sensors/+/accel", "sensors/7/accel", "7")]
    [InlineData("{site}/x/{device}", "+/x/+", "home/x/door", "home/door")]
    [InlineData("a/+/{stream}", "a/+/+", "a/b/c", "c")]
    [InlineData("a/{stream}/#", "a/+/#", "a/b/c/d", "b")]
    [InlineData("a/{stream}/#", "a/+/#", "a/b", "b")]
    [InlineData("plain", "plain", "plain", "")]
    [InlineData("{stream}", "+", "ü", "ü")]
    public void Topic_names_the_stream(string pattern, string filter, string topic, string stream)
    {
        TopicPattern parsed = TopicPattern.Parse(pattern);
        byte[] name = new byte[100];

        Assert.Equal(filter, parsed.Filter);
        Assert.True(parsed.TryMatch(Encoding.UTF8.GetBytes(topic), name, out int length));
        Assert.Equal(stream, Encoding.UTF8.GetString(name, 0, length));
    }

    [Theory]
    [InlineData("a/{stream}", "a")]
    [InlineData("a/{stream}", "a/b/c")]
    [InlineData("a/{stream}", "b/c")]
    [InlineData("plain", "plain/x")]
    public void Other_topics_are_not_selected(string pattern, string topic) => Assert.False(TopicPattern.Parse(pattern).TryMatch(Encoding.UTF8.GetBytes(topic), new byte[100], out _));

    [Fact]
    public void Name_that_is_too_long_is_not_taken() => Assert.False(TopicPattern.Parse("{a}/{b}").TryMatch("abc/def"u8, new byte[6], out _));

    [Theory]
    [InlineData("$share/g/a/{stream}", "would see all of them in order")]
    [InlineData("a/x{stream}", "braces must enclose the whole level")]
    [InlineData("a/{}", "braces must enclose the whole level")]
    [InlineData("a/#/b", "must stand alone in the last level")]
    [InlineData("", "the filter is empty")]
    public void Bad_pattern_is_refused_with_the_reason(string pattern, string reason) => Assert.Contains(reason, Assert.Throws<ArgumentException>(() => TopicPattern.Parse(pattern)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("activity/{stream}", "a", "activity/a")]
    [InlineData("activity/{stream}/out", "a/b", "activity/a/b/out")]
    [InlineData("activity/{stream}", "a+#", "activity/a__")]
    [InlineData("activity/{stream}", "", "activity")]
    [InlineData("all", "a", "all")]
    public void Template_names_the_topic(string template, string stream, string topic) => Assert.Equal(topic, TopicTemplate.Parse(template).TopicOf(Encoding.UTF8.GetBytes(stream)));

    [Theory]
    [InlineData("a/{name}")]
    [InlineData("a/+")]
    [InlineData("")]
    [InlineData("{stream}/{stream}")]
    public void Bad_template_is_refused(string template) => Assert.Throws<ArgumentException>(() => TopicTemplate.Parse(template));
}
