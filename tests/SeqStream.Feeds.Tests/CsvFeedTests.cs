using System.Globalization;

namespace SeqStream.Feeds.Tests;

public sealed class CsvFeedTests
{
    [Theory]
    [InlineData("1,2\n3,4\n")]
    [InlineData("a,b\n1,2\n3,4")]
    [InlineData("\uFEFFa,b\r\n1,2\r\n3,4\r\n")]
    [InlineData("# made by hand\n\na;b\n1;2\n\n 3 ; 4\n")]
    [InlineData("a\tb\n1\t2\n\"3\"\t\"4\"\n")]
    public async Task Rows_become_timesteps_with_or_without_a_header(string text)
    {
        FeedHarness harness = await Read(text);

        Assert.Empty(harness.Faults);
        Assert.Equal(["0:[1,2]", "0:[3,4]"], harness.Frames.Take(2).Select(static frame => frame[(frame.IndexOf(' ', 1) + 1)..]));
        Assert.Equal(3, harness.Frames.Count);
    }

    [Fact]
    public async Task Columns_named_t_seq_and_the_stream_field_are_not_features()
    {
        FeedHarness harness = await Read("t,id,a,seq,b\n0.5,\"x, \"\"y\"\"\",1,0,2\n0.75,z,3,7,4\n", "id");

        Assert.Equal(["x, \"y\" Data@2 t=0.5 #0 0:[1,2]", "z Data@3 t=0.75 #7 0:[3,4]", "x, \"y\" End@3", "z End@3"], harness.Frames);
    }

    [Theory]
    [InlineData("1,two", "column 2: found 'two', expected a number.")]
    [InlineData("1,NaN", "column 2: found 'NaN', expected a finite number")]
    [InlineData("1,", "column 2: found nothing, expected a number.")]
    [InlineData("1,\"2", "column 2: found a quoted field without a proper end")]
    [InlineData("1,1e99", "expected a finite number")]
    public async Task Bad_row_is_refused_with_its_column(string row, string problem)
    {
        FeedHarness harness = await Read($"1,2\n{row}\n3,4\n");

        Assert.Single(harness.Faults);
        Assert.Contains(problem, harness.Faults[0].Problem, StringComparison.Ordinal);
        Assert.Equal(2, harness.Faults[0].Position);
        Assert.Equal([" Data@1 0:[1,2]", " Data@3 0:[3,4]", " End@3"], harness.Frames);
    }

    [Fact]
    public async Task Row_that_differs_from_the_header_is_refused()
    {
        FeedHarness harness = await Read("a,b\n1,2,3\n");

        Assert.Equal("the row has 3 columns, expected 2 as in the first row.", Assert.Single(harness.Faults).Problem);
    }

    [Fact]
    public async Task Stream_field_that_is_no_column_is_refused()
    {
        FeedHarness harness = await Read("a,b\n1,2\n", "device");

        Assert.Equal(2, harness.Faults.Count);
        Assert.Contains("the columns are a, b; none is 'device'", harness.Faults[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_fill_several_inputs_one_after_the_other()
    {
        FeedHarness harness = new(FeedHarness.Floats("x", 2), FeedHarness.Integers("ids", 1));
        await harness.ReadAsync(new CsvFeed("test", FeedHarness.Bytes("1,2,3\n1,2\n1,2,0.5\n")));

        Assert.Equal(" Data@1 0:[1,2] 1:[3]", harness.Frames[0]);
        Assert.Contains("the row fills 1 of the 2 inputs", harness.Faults[0].Problem, StringComparison.Ordinal);
        Assert.Contains("expected a whole number for input ids int64 [1]", harness.Faults[1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_do_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = comma;
        try
        {
            FeedHarness harness = await Read("0.5,1.25\n");
            Assert.Equal(" Data@1 0:[0.5,1.25]", harness.Frames[0]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static async Task<FeedHarness> Read(string text, string? streamField = null)
    {
        FeedHarness harness = new();
        await harness.ReadAsync(new CsvFeed("test", FeedHarness.Bytes(text), streamField));
        return harness;
    }
}
