using System.Diagnostics;
using System.Globalization;

namespace SeqStream.Cli.Tests;

/// <summary>The bundled models of sensors, bodies, pictures and order books at the end of a pipe, with what real sources do wrong.</summary>
public sealed class SensorModelTests
{
    private const int Pixels = 48 * 48;

    [Fact]
    public async Task Picture_is_answered_before_the_next_has_come_and_a_cut_one_is_an_error()
    {
        using Process process = Seqstream.Start("run", "video-activity", "--in", "gray", "--out", "jsonl");
        Stream input = process.StandardInput.BaseStream;
        for (int step = 0; step < 2; step++)
        {
            await input.WriteAsync(Enumerable.Range(0, Pixels).Select(static pixel => (byte)(pixel % 251)).ToArray(), TestContext.Current.CancellationToken);
            await input.FlushAsync(TestContext.Current.CancellationToken);
            string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.StartsWith($$"""{"step":{{step}},"label":""", line, StringComparison.Ordinal);
            Assert.Contains("\"partial\":true", line, StringComparison.Ordinal);
        }
        await input.WriteAsync(new byte[100], TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        string last = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("stdin:3: the source ends after 100 of the row's 2304 bytes", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("partial", last, StringComparison.Ordinal);
        Assert.Single(last.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(65, process.ExitCode);
    }

    [Fact]
    public async Task Frames_without_a_body_are_passed_over_and_bad_ones_refused()
    {
        string body = Row(Enumerable.Range(0, 60).Select(static i => 0.1 * (i % 7) + 0.01 * i)), nobody = Row(Enumerable.Repeat(0.0, 60)), cut = Row(Enumerable.Repeat(1.0, 59));
        Seqstream.Outcome run = await Seqstream.RunAsync(body + nobody + cut + body, "run", "pose-activity", "--in", "csv", "--out", "jsonl");

        Assert.Equal(65, run.ExitCode);
        Assert.Contains("stdin:3: found 59 numbers, expected 60 numbers (x, y, z of each of 20 joints)", run.Errors, StringComparison.Ordinal);
        Assert.Equal([true, true, false], run.Lines.Select(static line => line.Contains("\"partial\":true", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Events_of_a_wrong_book_are_refused_and_the_others_answered()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("""
            t,type,order,size,price,side,ask,askSize,bid,bidSize
            100,1,1,10,2238200,1,2239500,5,2238200,7
            101,1,2,10,2238200,1,2230000,5,2240000,7
            101,1,2,10,2238200,1,,5,2238200,7
            101,1,2,10,2238200,1,2239500,5
            99,1,2,10,2238200,1,2239500,5,2238200,7
            102,3,1,10,2238200,1,2239500,5,2238100,7
            """, "run", "ticks", "--in", "csv", "--out", "jsonl");

        Assert.Equal(65, run.ExitCode);
        Assert.Contains("stdin:3: the book is crossed", run.Errors, StringComparison.Ordinal);
        Assert.Contains("stdin:4: column 7 (ask)", run.Errors, StringComparison.Ordinal);
        Assert.Contains("stdin:5: the row has 8 columns, expected 10", run.Errors, StringComparison.Ordinal);
        Assert.Contains("stdin:6: found an event at 99 s after one at 100 s", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, run.Lines.Length);
        Assert.All(run.Lines, static line => Assert.Matches("\"label\":\"(up|down)\",\"score\":", line));
    }

    [Fact]
    public async Task Reading_with_a_missing_value_is_refused_and_the_others_answered()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("0,0,0,0,0,0\n0,0,,0,0,0\n0,nan,0,0,0,0\n0,0,0,0,0,1\n", "run", "motions", "--in", "csv", "--out", "jsonl");

        Assert.Equal(65, run.ExitCode);
        Assert.Contains("stdin:2: column 3", run.Errors, StringComparison.Ordinal);
        Assert.Contains("stdin:3: column 2", run.Errors, StringComparison.Ordinal);
        Assert.Equal([true, true, false], run.Lines.Select(static line => line.Contains("\"partial\":true", StringComparison.Ordinal)));
    }

    private static string Row(IEnumerable<double> numbers) => $"{string.Join(',', numbers.Select(static number => number.ToString(CultureInfo.InvariantCulture)))}\n";
}
