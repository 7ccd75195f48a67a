using System.Diagnostics;

namespace SeqStream.Cli.Tests;

/// <summary>Options of <c>run</c> about how streams live.</summary>
public sealed class StreamOptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-stream-options-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<Seqstream.Outcome> RunAsync(string input, params string[] more) => Seqstream.RunAsync(input, ["run", "activity", "--in", "jsonl", "--out", "jsonl", .. more]);

    private static string Record(string stream, string more = "") => $"{{\"stream\":\"{stream}\",\"x\":[39.25,0.43,22.75,0.43,33.75,1.30]{more}}}\n";

    [Fact]
    public async Task Stream_that_makes_room_is_told_and_counted()
    {
        using Process process = Seqstream.Start("run", "activity", "--in", "jsonl", "--out", "jsonl", "--max-streams", "1");
        await process.StandardInput.WriteAsync(Record("a"));
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        string? first = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(Record("b"));
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        string? second = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), third = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Close();

        Assert.StartsWith("{\"stream\":\"a\",\"step\":0,\"label\"", first, StringComparison.Ordinal);
        Assert.Equal("{\"stream\":\"a\",\"step\":1,\"end\":\"evicted-capacity\"}", second);
        Assert.StartsWith("{\"stream\":\"b\",\"step\":0,\"label\"", third, StringComparison.Ordinal);
        Assert.Equal("seqstream: 1 stream was ended to make room: there were more than --max-streams\n", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Records_are_put_in_order_and_those_that_are_not_are_counted()
    {
        string input = string.Concat(((int[])[0, 2, 1, 1, 7, 3]).Select(static seq => Record("a", $",\"seq\":{seq},\"id\":{seq}")));
        Seqstream.Outcome held = await RunAsync(input, "--reorder", "2", "--pass-through"), passed = await RunAsync(input, "--late", "accept", "--pass-through");

        Assert.Equal([0, 1, 2, 3, 7], held.Lines.Select(Id));
        Assert.Equal("seqstream: 1 record was dropped: its 'seq' had come before\nseqstream: 3 records were missing by 'seq' when the next one was stepped\nseqstream: 1 gap was found in the records of a stream, see --on-gap\n", held.Errors);
        Assert.Equal([0, 2, 1, 7, 3], passed.Lines.Select(Id));
        Assert.Contains("seqstream: 2 records came after that, see --late\n", passed.Errors, StringComparison.Ordinal);

        static int Id(string line) => line[^2] - '0';
    }

    [Fact]
    public async Task Record_that_is_sent_again_to_the_next_run_is_dropped()
    {
        string first = Record("a", ",\"seq\":0") + Record("a", ",\"seq\":1"), second = Record("a", ",\"seq\":1") + Record("a", ",\"seq\":2");
        Seqstream.Outcome before = await RunAsync(first, "--state-dir", _folder), after = await RunAsync(second, "--state-dir", _folder);

        Assert.Equal((2, 1), (before.Lines.Length, after.Lines.Length));
        Assert.StartsWith("{\"stream\":\"a\",\"step\":2,", after.Lines[0], StringComparison.Ordinal);
        Assert.Equal("seqstream: 1 record was dropped: its 'seq' had come before\n", after.Errors);
    }

    [Fact]
    public async Task Gap_is_filled_in_on_request()
    {
        Seqstream.Outcome run = await RunAsync(Record("a", ",\"t\":1") + Record("a", ",\"t\":2"), "--step-clock", "0.25", "--on-gap", "fill");

        Assert.Equal(["1", "1.25", "1.5", "1.75", "2"], run.Lines.Select(static line => line.Split("\"t\":")[1].Split(',')[0]));
        Assert.Equal("seqstream: 1 gap was found in the records of a stream, see --on-gap\nseqstream: 3 records were filled in\n", run.Errors);
    }

    [Fact]
    public async Task Gap_between_two_runs_is_found()
    {
        string[] options = ["--state-dir", _folder, "--step-clock", "0.25", "--on-gap", "reset"];
        await RunAsync(Record("a", ",\"t\":1") + Record("a", ",\"t\":1.25"), options);
        Seqstream.Outcome near = await RunAsync(Record("a", ",\"t\":1.5"), options), far = await RunAsync(Record("a", ",\"t\":3"), options);

        Assert.Contains("\"step\":2,", near.Output, StringComparison.Ordinal);
        Assert.Contains("\"step\":0,", far.Output, StringComparison.Ordinal);
        Assert.Equal(("", "seqstream: 1 gap was found in the records of a stream, see --on-gap\n"), (near.Errors, far.Errors));
    }

    [Fact]
    public async Task Shadow_is_compared_or_written_beside()
    {
        string input = Record("a") + Record("a") + Record("a"), file = Path.Combine(_folder, "shadow.jsonl");
        Seqstream.Outcome alone = await RunAsync(input), compared = await RunAsync(input, "--shadow", "activity"), written = await RunAsync(input, "--shadow", "activity", "--shadow-sink", file);

        Assert.Equal(alone.Output, compared.Output);
        Assert.Equal("seqstream: shadow 'activity' agrees in 3 of 3 emissions (100 %); numbers differ by 0 at most; 0 have no counterpart\n", compared.Errors);
        Assert.Equal((alone.Output, ""), (written.Output, written.Errors));
        Assert.Equal(alone.Lines.Order(), (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Order());
    }

    [Theory]
    [InlineData("Name a model with the same inputs.", "--shadow", "names")]
    [InlineData("seqstream: --shadow-sink means nothing without --shadow. Name a model, or leave --shadow-sink out.", "--shadow-sink", "x")]
    [InlineData("seqstream: --shadow begins without memory, and would be compared with streams that --state-dir goes on with. Leave one of the two out.", "--shadow", "activity", "--state-dir", "DIR")]
    [InlineData("seqstream: --when-behind is 'drop-oldest', but --state-dir promises to lose no record. Use wait, or leave --state-dir out.", "--when-behind", "drop-oldest", "--state-dir", "DIR")]
    [InlineData("seqstream: --step-clock is -1; expected 0, or 1E-05 to 10000000 seconds.", "--step-clock", "-1")]
    [InlineData("seqstream: --on-gap is 'fill', but --state-dir does not keep the record that would be filled in. Use keep or reset, or leave --state-dir out.", "--on-gap", "fill", "--state-dir", "DIR")]
    [InlineData("seqstream: --reorder is 2000; expected 0 to 1024 records.", "--reorder", "2000")]
    [InlineData("seqstream: --idle-after is -1; expected 0, or 0.001 to 10000000 seconds.", "--idle-after", "-1")]
    [InlineData("seqstream: --max-streams is 1; expected 0, or 2 (one for each thread) to 268435456.", "--max-streams", "1", "--threads", "2")]
    [InlineData("seqstream: --idle-after would end streams that --state-dir keeps. Free their memory with --hibernate-after, or leave --state-dir out.", "--idle-after", "1", "--state-dir", "DIR")]
    [InlineData("seqstream: --max-streams would end streams that --state-dir keeps. Free their memory with --hibernate-after, or leave --state-dir out.", "--max-streams", "9", "--state-dir", "DIR")]
    public async Task Option_that_makes_no_sense_is_refused_with_the_remedy(string message, params string[] options)
    {
        Seqstream.Outcome run = await RunAsync("", [.. options.Select(option => option == "DIR" ? _folder : option)]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
    }
}
