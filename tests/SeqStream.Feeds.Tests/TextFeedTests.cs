using SeqStream.Contracts;

namespace SeqStream.Feeds.Tests;

public sealed class TextFeedTests
{
    [Fact]
    public async Task Line_is_a_sequence()
    {
        FeedHarness harness = new();
        await harness.ReadAsync(new TextFeed("test", FeedHarness.Bytes("\uFEFFHello there.\r\nLast one")));

        Assert.Equal([" Data@1 Text 'Hello there.'", " End@1", " Data@2 Text 'Last one'", " End@2"], harness.Frames);
    }

    [Fact]
    public async Task Empty_source_gives_nothing()
    {
        FeedHarness harness = new();
        await harness.ReadAsync(new TextFeed("test", FeedHarness.Bytes("")));

        Assert.Empty(harness.Frames);
        Assert.Empty(harness.Faults);
    }

    [Fact]
    public async Task Invalid_utf8_is_refused_and_the_next_line_passes()
    {
        FeedHarness harness = new();
        await harness.ReadAsync(new TextFeed("test", new MemoryStream([0xC3, 0x28, (byte)'\n', (byte)'o', (byte)'k', (byte)'\n'])));

        Assert.Contains("not valid UTF-8", Assert.Single(harness.Faults).Problem, StringComparison.Ordinal);
        Assert.Equal([" Data@2 Text 'ok'", " End@2"], harness.Frames);
    }

    [Fact]
    public async Task Line_beyond_the_limit_is_refused_and_the_next_line_passes()
    {
        FeedHarness harness = new();
        await harness.ReadAsync(new TextFeed("test", FeedHarness.Bytes(new string('a', 1000) + "\nok\n" + new string('b', 101))) { MaxLineBytes = 100 });

        Assert.Equal([1L, 3L], harness.Faults.Select(static fault => fault.Position));
        Assert.Contains("longer than 100 bytes", harness.Faults[0].Problem, StringComparison.Ordinal);
        Assert.Equal([" Data@2 Text 'ok'", " End@2"], harness.Frames);
    }

    [Fact]
    public async Task Tokens_are_divided_by_single_blanks_and_blank_lines_are_skipped()
    {
        FeedHarness harness = new();
        await harness.ReadAsync(new TokenFeed("test", FeedHarness.Bytes("  New\tYork  City \n   \nParis\n")));

        Assert.Equal([" Data@1 Tokens 'New York City'", " End@1", " Data@3 Tokens 'Paris'", " End@3"], harness.Frames);
    }
}
