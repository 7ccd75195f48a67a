using System.Runtime.InteropServices;
using SeqStream.Contracts;

namespace SeqStream.Feeds.Tests;

public sealed class RawFloatFeedTests
{
    [Fact]
    public async Task Rows_become_timesteps_and_an_unfinished_row_is_reported()
    {
        byte[] bytes = [.. MemoryMarshal.AsBytes<float>([1, 2, 3, 4, 5]), 7];
        FeedHarness harness = new();
        await harness.ReadAsync(new RawFloatFeed("test", new TrickleStream(bytes, 3), rowNumbers: 2));

        Assert.Equal([" Data@1 0:[1,2]", " Data@2 0:[3,4]", " End@2"], harness.Frames);
        RecordFault fault = Assert.Single(harness.Faults);
        Assert.Equal(3, fault.Position);
        Assert.Contains("the source ends after 5 of the row's 8 bytes", fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_fills_several_inputs()
    {
        FeedHarness harness = new(FeedHarness.Floats("x", 2), FeedHarness.Integers("ids", 1));
        await harness.ReadAsync(new RawFloatFeed("test", new MemoryStream(MemoryMarshal.AsBytes<float>([1, 2, 3]).ToArray()), rowNumbers: 3));

        Assert.Equal(" Data@1 0:[1,2] 1:[3]", harness.Frames[0]);
    }
}
