using SeqStream.Contracts;

namespace SeqStream.Feeds.Tests;

public sealed class GreyPictureFeedTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Pictures_become_timesteps_however_they_arrive(int piece)
    {
        FeedHarness harness = new(FeedHarness.Floats("x", 8));
        await harness.ReadAsync(new GreyPictureFeed("test", new TrickleStream([0, 1, 127, 255, 9, 8, 7, 6], piece), pixels: 4));

        Assert.Equal([" Data@1 0:[0,1,127,255]", " Data@2 0:[9,8,7,6]", " End@2"], harness.Frames);
        Assert.Empty(harness.Faults);
    }

    [Fact]
    public async Task Last_picture_that_is_cut_short_is_reported_and_not_shown()
    {
        FeedHarness harness = new(FeedHarness.Floats("x", 8));
        await harness.ReadAsync(new GreyPictureFeed("test", new MemoryStream([1, 2, 3, 4, 5, 6]), pixels: 4));

        Assert.Equal([" Data@1 0:[1,2,3,4]", " End@1"], harness.Frames);
        RecordFault fault = Assert.Single(harness.Faults);
        Assert.Equal(2, fault.Position);
        Assert.Contains("the source ends after 2 of the row's 4 bytes. Expected rows of 4 bytes, one for each pixel of a picture", fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_fill_inputs_of_integers()
    {
        FeedHarness harness = new(FeedHarness.Integers("ids", 2));
        await harness.ReadAsync(new GreyPictureFeed("test", new MemoryStream([200, 3]), pixels: 2));

        Assert.Equal(" Data@1 0:[200,3]", harness.Frames[0]);
    }

    [Fact]
    public async Task Empty_source_has_no_pictures()
    {
        FeedHarness harness = new();
        await harness.ReadAsync(new GreyPictureFeed("test", new MemoryStream([]), pixels: 4));

        Assert.Empty(harness.Frames);
        Assert.Empty(harness.Faults);
    }
}
