using SeqStream.Contracts;

namespace SeqStream.Feeds.Tests;

public sealed class JsonLinesFeedTests
{
    [Fact]
    public async Task Records_of_several_streams_become_frames_and_open_streams_end_with_the_source()
    {
        FeedHarness harness = await Read("""
            {"stream":"a","x":[1,2.5],"t":0.25}
            {"stream":"b","control":"start"}
            {"x":[3,4]}
            {"stream":7,"x":[[5],[6]]}
            {"stream":"a","control":"end"}
            """);

        Assert.Empty(harness.Faults);
        Assert.Equal(
            ["a Data@1 t=0.25 0:[1,2.5]", "b Start@2", " Data@3 0:[3,4]", "7 Data@4 0:[5,6]", "a End@5", "b End@5", " End@5", "7 End@5"],
            harness.Frames);
    }

    [Fact]
    public async Task Named_inputs_go_to_their_ports_by_name_and_type()
    {
        FeedHarness harness = new(FeedHarness.Floats("values", 2), FeedHarness.Integers("ids", 1));
        await harness.ReadAsync(new JsonLinesFeed("test", FeedHarness.Bytes("""{"inputs":{"ids":[3],"values":[0.5,1]}}""")));

        Assert.Equal(" Data@1 1:[3] 0:[0.5,1]", harness.Frames[0]);
    }

    [Fact]
    public async Task Escapes_in_text_and_names_are_resolved()
    {
        FeedHarness harness = await Read("""{"stream":"\u00e4\n","text":"say \"hi\" \u20ac"}""");

        Assert.Equal("ä\n Data@1 Text 'say \"hi\" €'", harness.Frames[0]);
    }

    [Theory]
    [InlineData("""{"x":[1,"two"]}""", "'x', number 2: found the text 'two', expected a number")]
    [InlineData("""{"x":[1,1e40]}""", "'x', number 2: found '1e40', expected a finite number")]
    [InlineData("""{"x":[1,NaN]}""", "not JSON from byte 9 on")]
    [InlineData("""{"x":[1,null]}""", "'x', number 2: found null, expected a number")]
    [InlineData("""{"x":[1,2}""", "not JSON")]
    [InlineData("""{"x":[1,2]} {}""", "not JSON")]
    [InlineData("""[1,2]""", "expected a JSON object")]
    [InlineData("""{"control":"stop"}""", "the control is the text 'stop', expected \"start\", \"end\" or \"reset\"")]
    [InlineData("""{"stream":"a"}""", "none of 'x', 'inputs', 'text' and 'control'")]
    [InlineData("""{"x":[1,2],"text":"a"}""", "beside another")]
    [InlineData("""{"x":[1,2],"seq":-1}""", "'seq' is -1")]
    [InlineData("""{"x":[1,2],"t":"now"}""", "'t' is the text 'now'")]
    [InlineData("""{"stream":[1],"x":[1,2]}""", "the stream is an array")]
    [InlineData("""{"inputs":{"y":[1]}}""", "'inputs' names 'y', but model 'test' has x float32 [2]")]
    [InlineData("""{"inputs":{}}""", "'inputs' gives 0 of the 1 inputs")]
    public async Task Bad_record_is_refused_with_its_place_and_the_others_pass(string bad, string problem)
    {
        FeedHarness harness = await Read("{\"x\":[1,2]}\n" + bad + "\n{\"x\":[3,4]}\n");

        RecordFault fault = Assert.Single(harness.Faults);
        Assert.Equal(2, fault.Position);
        Assert.Contains(problem, fault.Problem, StringComparison.Ordinal);
        Assert.Equal([" Data@1 0:[1,2]", " Data@3 0:[3,4]", " End@3"], harness.Frames);
    }

    [Fact]
    public async Task Depth_beyond_32_is_refused()
    {
        FeedHarness harness = await Read("{\"x\":" + new string('[', 40) + "1" + new string(']', 40) + "}");

        Assert.Contains("not JSON", Assert.Single(harness.Faults).Problem, StringComparison.Ordinal);
        Assert.Empty(harness.Frames);
    }

    [Fact]
    public async Task Repeated_producer_counters_are_dropped_and_gaps_counted()
    {
        JsonLinesFeed feed = new("test", FeedHarness.Bytes("""
            {"stream":"a","x":[1,1],"seq":5}
            {"stream":"a","x":[1,1],"seq":5}
            {"stream":"b","x":[2,2],"seq":5}
            {"stream":"a","x":[3,3],"seq":9}
            {"stream":"a","x":[4,4],"seq":8}
            """));
        FeedHarness harness = new();
        await harness.ReadAsync(feed);

        Assert.Equal(["a Data@1 0:[1,1]", "b Data@3 0:[2,2]", "a Data@4 0:[3,3]", "a End@5", "b End@5"], harness.Frames);
        Assert.Equal((1, 1), (feed.Duplicates, feed.Late));
        Assert.Equal(3, feed.Missing);
    }

    [Fact]
    public async Task Late_record_is_dropped_and_told_from_a_repetition()
    {
        JsonLinesFeed feed = new("test", FeedHarness.Bytes(string.Concat(((int[])[1, 2, 5, 3, 3, 2, 5, 200, 199, 120, 201]).Select(static seq => FormattableString.Invariant($"{{\"x\":[{seq},0],\"seq\":{seq}}}\n")))));
        FeedHarness harness = new();
        await harness.ReadAsync(feed);

        Assert.Equal([" Data@1 0:[1,0]", " Data@2 0:[2,0]", " Data@3 0:[5,0]", " Data@8 0:[200,0]", " Data@11 0:[201,0]", " End@11"], harness.Frames);
        Assert.Equal((2 + 194, 2, 4), (feed.Missing, feed.Late, feed.Duplicates)); // 3 and 199 are late; 120 is too far behind to tell
    }

    [Fact]
    public async Task Control_begins_a_new_epoch_of_the_counter()
    {
        JsonLinesFeed feed = new("test", FeedHarness.Bytes("""
            {"x":[1,1],"seq":7}
            {"control":"start"}
            {"x":[2,2],"seq":0}
            {"control":"reset"}
            {"x":[3,3],"seq":3}
            {"control":"end"}
            {"x":[4,4],"seq":1}
            """));
        FeedHarness harness = new();
        await harness.ReadAsync(feed);

        Assert.Equal(4, harness.Frames.Count(static frame => frame.Contains("Data", StringComparison.Ordinal)));
        Assert.Equal((0, 0, 0), (feed.Missing, feed.Late, feed.Duplicates));
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    public async Task Gap_resets_the_memory_of_its_stream_where_asked(string format)
    {
        const string Lines = """
            {"stream":"a","x":[1,1],"seq":1}
            {"stream":"b","x":[2,2],"seq":1}
            {"stream":"a","x":[3,3],"seq":4}
            {"stream":"b","x":[4,4],"seq":2}
            """;
        LineFeed feed = format == "jsonl"
            ? new JsonLinesFeed("test", FeedHarness.Bytes(Lines)) { ResetsOnGap = true }
            : new CsvFeed("test", FeedHarness.Bytes("stream,seq,x0,x1\na,1,1,1\nb,1,2,2\na,4,3,3\nb,2,4,4\n"), "stream") { ResetsOnGap = true };
        FeedHarness harness = new();
        await harness.ReadAsync(feed);

        Assert.Equal(["a Data", "b Data", "a Reset", "a Data", "b Data", "a End", "b End"], harness.Frames.Select(static frame => frame[..frame.IndexOf('@')]));
        Assert.Equal((2, 1), (feed.Missing, feed.Resets));
    }

    [Fact]
    public async Task Unknown_members_pass_through_only_on_request()
    {
        const string Line = """{"id":{"a":[1]},"x":[1,2],"note":"n"}""";
        FeedHarness quiet = await Read(Line);
        FeedHarness echoing = new();
        await echoing.ReadAsync(new JsonLinesFeed("test", FeedHarness.Bytes(Line), passThrough: true));

        Assert.Equal(" Data@1 0:[1,2]", quiet.Frames[0]);
        Assert.Equal(""" Data@1 0:[1,2] echo "id":{"a":[1]},"note":"n" """.TrimEnd(), echoing.Frames[0]);
    }

    [Fact]
    public async Task Stream_member_can_have_another_name()
    {
        FeedHarness harness = new();
        await harness.ReadAsync(new JsonLinesFeed("test", FeedHarness.Bytes("""{"device":"d","x":[1,2]}"""), "device"));

        Assert.Equal("d Data@1 0:[1,2]", harness.Frames[0]);
    }

    private static async Task<FeedHarness> Read(string text)
    {
        FeedHarness harness = new();
        await harness.ReadAsync(new JsonLinesFeed("test", FeedHarness.Bytes(text)));
        return harness;
    }
}
