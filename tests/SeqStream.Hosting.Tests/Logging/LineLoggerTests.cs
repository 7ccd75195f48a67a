using System.Text.Json;
using Microsoft.Extensions.Logging;
using SeqStream.Hosting.Configuration;
using SeqStream.Hosting.Logging;
using SeqStream.Hosting.Supervision;
using SeqStream.Mqtt.Tests.Brokers;

namespace SeqStream.Hosting.Tests.Logging;

public sealed class LineLoggerTests
{
    [Fact]
    public void Text_has_time_level_and_one_line()
        => Assert.Equal("1970-01-01T00:00:00.000Z warning Route 'a' refused a record: in\\u000aput:3: bad \\u001b[31m\n", Write(LogForm.Text));

    [Fact]
    public void Journal_has_the_priority()
        => Assert.Equal("<4>Route 'a' refused a record: in\\u000aput:3: bad \\u001b[31m\n", Write(LogForm.Journal));

    [Fact]
    public void Json_has_the_event_and_its_values()
    {
        using JsonDocument line = JsonDocument.Parse(Write(LogForm.Json));
        JsonElement entry = line.RootElement;

        Assert.Equal(["time", "level", "event", "message", "route", "source", "position", "problem"], entry.EnumerateObject().Select(static member => member.Name));
        Assert.Equal("RecordRefused", entry.GetProperty("event").GetString());
        Assert.Equal(3, entry.GetProperty("position").GetInt64());
        Assert.Equal("in\nput", entry.GetProperty("source").GetString());
    }

    [Fact]
    public void Lesser_levels_are_left_out()
    {
        using StringWriter text = new();
        using LineLoggerProvider provider = new(text, LogForm.Text, LogLevel.Error, new FakeTime());
        DaemonLog.RecordRefused(provider.CreateLogger(""), "a", "s", 1, "p");
        provider.Least = LogLevel.Debug;
        DaemonLog.RouteUp(provider.CreateLogger(""), "a");

        Assert.Equal("1970-01-01T00:00:00.000Z information Route 'a' is up.\n", text.ToString());
    }

    private static string Write(LogForm form)
    {
        using StringWriter text = new() { NewLine = "\n" };
        using LineLoggerProvider provider = new(text, form, LogLevel.Information, new FakeTime());
        DaemonLog.RecordRefused(provider.CreateLogger(""), "a", "in\nput", 3, "bad \u001b[31m");
        return text.ToString();
    }
}
