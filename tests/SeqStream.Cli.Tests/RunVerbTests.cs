using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SeqStream.Cli.Tests;

public sealed class RunVerbTests
{
    [Fact]
    public async Task Streams_keep_their_own_memory()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("""
            {"stream":"a","x":[1,2]}
            {"stream":"b","x":[10,20]}
            {"stream":"a","x":[1,2],"t":0.5}
            {"stream":"a","control":"reset"}
            {"stream":"a","x":[1,2]}
            """, "run", TestModels.Null);

        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["{\"stream\":\"a\",\"step\":0,\"y\":[1,2]}", "{\"stream\":\"a\",\"step\":1,\"t\":0.5,\"y\":[2,4]}", "{\"stream\":\"a\",\"step\":0,\"y\":[1,2]}"], run.Lines.Where(static line => line.Contains("\"a\"")));
        Assert.Equal(["{\"stream\":\"b\",\"step\":0,\"y\":[10,20]}"], run.Lines.Where(static line => line.Contains("\"b\"")));
    }

    [Fact]
    public async Task Formats_of_input_and_output_can_be_chosen()
    {
        byte[] floats = MemoryMarshal.AsBytes<float>([1, 2, 3, 4]).ToArray();

        Assert.Equal("1 2\n4 6\n", (await Seqstream.RunAsync(floats, "run", TestModels.Null, "--in", "f32", "--out", "text")).Output);
        Assert.Equal("step,y[0],y[1]\n0,1,2\n1,4,6\n", (await Seqstream.RunAsync("a,b\n1,2\n3,4\n", "run", TestModels.Null, "--in", "csv", "--out", "csv")).Output);
    }

    [Theory]
    [InlineData("jsonl", """{"x":[1,2,3]}""", "stdin:2: found 3 numbers for input 'x', expected 2")]
    [InlineData("jsonl", """{"x":[1,NaN]}""", "stdin:2: not JSON from byte 9 on")]
    [InlineData("csv", "1,NaN", "stdin:2: column 2: found 'NaN', expected a finite number")]
    [InlineData("jsonl", """{"x":[1,"two"]}""", "stdin:2: 'x', number 2: found the text 'two', expected a number")]
    [InlineData("csv", "1,two", "stdin:2: column 2: found 'two', expected a number")]
    [InlineData("jsonl", """{"text":"two"}""", "stdin:2: found text, expected numbers")]
    [InlineData("jsonl", """{"control":"stop"}""", "stdin:2: the control is the text 'stop', expected \"start\", \"end\" or \"reset\"")]
    public async Task Bad_record_is_refused_whole_and_the_stream_goes_on_unharmed(string format, string bad, string problem)
    {
        string first = format == "csv" ? "1,2" : """{"x":[1,2]}""";
        string last = format == "csv" ? "3,4" : """{"x":[3,4]}""";
        Seqstream.Outcome run = await Seqstream.RunAsync($"{first}\n{bad}\n{last}\n", "run", TestModels.Null, "--in", format);

        Assert.Equal(65, run.ExitCode);
        Assert.Contains(problem, run.Errors, StringComparison.Ordinal);
        Assert.Equal(["{\"step\":0,\"y\":[1,2]}", "{\"step\":1,\"y\":[4,6]}"], run.Lines);
    }

    [Theory]
    [InlineData("""{"x":[1,"two"]}""")]
    [InlineData("""{"x":[1,2,3]}""")]
    public async Task Strict_stops_at_the_first_bad_record(string bad)
    {
        Seqstream.Outcome run = await Seqstream.RunAsync($"{{\"x\":[1,2]}}\n{bad}\n{{\"x\":[3,4]}}\n{bad}\n", "run", TestModels.Null, "--strict");

        Assert.Equal(65, run.ExitCode);
        Assert.Equal(["{\"step\":0,\"y\":[1,2]}"], run.Lines);
        Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Refused_records_are_told_in_json_on_request()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("{\"x\":[1]}\n", "run", TestModels.Null, "--json");

        Assert.StartsWith("{\"source\":\"stdin\",\"line\":1,\"problem\":\"", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_that_is_cut_short_is_refused_with_the_byte()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "run", TestModels.Truncated);

        Assert.Equal(65, run.ExitCode);
        Assert.Contains("the file is cut short", run.Errors, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task Model_with_a_wrong_element_type_is_refused_by_name()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "run", TestModels.WrongType);

        Assert.Equal(65, run.ExitCode);
        Assert.Contains("float16", run.Errors, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Model_with_an_unknown_operator_is_refused_by_node()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "run", TestModels.UnknownOperator);

        Assert.Equal(65, run.ExitCode);
        Assert.Contains("'Frobnicate_0' (Frobnicate)", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Absent_model_is_refused_with_what_comes_near()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "run", TestModels.Absent);

        Assert.Equal(66, run.ExitCode);
        Assert.Contains("Did you mean 'null.onnx'?", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Absent_feed_is_no_input()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "run", TestModels.Null, "--feed", "/nowhere/at.all");

        Assert.Equal(66, run.ExitCode);
        Assert.Contains("/nowhere/at.all", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--device", "gpu9", 69)]
    [InlineData("--in", "xml", 2)]
    [InlineData("--threads", "0", 2)]
    [InlineData("--thread", "2", 2)]
    [InlineData("--executor", "magic", 2)]
    public async Task Bad_option_has_its_exit_code(string option, string value, int exitCode)
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "run", TestModels.Null, "--executor", "native", option, value);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith("seqstream: ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_names_are_answered_with_what_comes_near()
    {
        Assert.Contains("Did you mean 'run'?", (await Seqstream.RunAsync("", "rnu")).Errors, StringComparison.Ordinal);
        Assert.Contains("Did you mean '--threads'?", (await Seqstream.RunAsync("", "run", TestModels.Null, "--thread", "2")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_input_is_no_error()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "run", TestModels.Null);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Output + run.Errors);
    }

    [Fact]
    public async Task Live_record_is_answered_before_the_next_one_comes()
    {
        using Process process = Seqstream.Start("run", TestModels.Null);
        for (int i = 1; i <= 3; i++)
        {
            await process.StandardInput.WriteAsync("{\"x\":[1,0]}\n");
            await process.StandardInput.FlushAsync();
            Assert.Equal($"{{\"step\":{i - 1},\"y\":[{i},0]}}", await process.StandardOutput.ReadLineAsync());
        }
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Reader_that_has_enough_ends_the_run_quietly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The shell of this test is a Unix shell.");
        ProcessStartInfo shell = new("/bin/bash", ["-c", $"yes '{{\"x\":[1,0]}}' 2>/dev/null | '{Seqstream.Path}' run '{TestModels.Null}' | head -2; echo ${{PIPESTATUS[1]}}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(shell)!;
        string output = await process.StandardOutput.ReadToEndAsync();

        Assert.Equal("{\"step\":0,\"y\":[1,0]}\n{\"step\":1,\"y\":[2,0]}\n0\n", output);
        Assert.Equal("", await process.StandardError.ReadToEndAsync());
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Signal_delivers_what_was_read_and_names_itself_in_the_exit_code(string signal, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using Process process = Seqstream.Start("run", TestModels.Null);
        await process.StandardInput.WriteAsync("{\"x\":[1,0]}\n");
        await process.StandardInput.FlushAsync();
        Assert.Equal("{\"step\":0,\"y\":[1,0]}", await process.StandardOutput.ReadLineAsync());
        using (Process kill = Process.Start("/bin/kill", ["-s", signal, $"{process.Id}"])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(exitCode, process.ExitCode);
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync());
    }

    [Fact]
    public async Task Cost_of_a_record_beside_the_step_is_printed()
    {
        const int Few = 20_000;
        const int Many = 320_000;
        TimeSpan few = await TimeOf(Few);
        TimeSpan many = await TimeOf(Many);
        double microseconds = (many - few).TotalMicroseconds / (Many - Few);

        TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant($"run adds {microseconds:0.00} microseconds per record to a null model"));
    }

    private static async Task<TimeSpan> TimeOf(int records)
    {
        string input = string.Concat(Enumerable.Repeat("{\"x\":[0.5,0.25]}\n", records));
        long start = Stopwatch.GetTimestamp();
        Seqstream.Outcome run = await Seqstream.RunAsync(input, "run", TestModels.Null);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        Assert.Equal(records, run.Lines.Length);
        return elapsed;
    }
}
