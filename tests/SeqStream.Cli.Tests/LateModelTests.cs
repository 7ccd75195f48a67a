using System.Diagnostics;

namespace SeqStream.Cli.Tests;

/// <summary>A model whose answers lag, through the command line: y is a number plus half of the one before and a quarter of the one after.</summary>
public sealed class LateModelTests
{
    [Fact]
    public async Task Run_answers_each_frame_once_the_next_has_come_and_the_last_at_the_end()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync(
            """
            {"stream":"a","x":[4],"t":0.5,"id":1}
            {"stream":"b","x":[1],"id":2}
            {"stream":"a","x":[8],"t":1,"id":3}
            {"stream":"a","control":"end"}
            {"stream":"a","x":[2],"id":4}

            """, "run", TestModels.Late, "--pass-through");

        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
        [
            """{"stream":"a","step":0,"t":0.5,"y":[6],"id":1}""",
            """{"stream":"a","step":1,"t":1,"y":[10],"id":3}""",
            """{"stream":"a","step":0,"y":[2],"id":4}""",
        ], run.Lines.Where(static line => line.Contains("\"a\"", StringComparison.Ordinal)));
        Assert.Equal(["""{"stream":"b","step":0,"y":[1],"id":2}"""], run.Lines.Where(static line => line.Contains("\"b\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Answers_are_named_where_the_inputs_were()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("{\"inputs\":{\"x\":[4]}}\n{\"inputs\":{\"x\":[8]}}\n", "run", TestModels.Late);
        Assert.Equal(["""{"step":0,"outputs":{"y":[6]}}""", """{"step":1,"outputs":{"y":[10]}}"""], run.Lines);
    }

    [Theory]
    [InlineData("csv", "4\n8\n", "csv", "step,y\n0,6\n1,10\n")]
    [InlineData("csv", "4\n8\n", "text", "6\n10\n")]
    public async Task Other_formats_take_frames_too(string format, string input, string @out, string output)
        => Assert.Equal(output, (await Seqstream.RunAsync(input, "run", TestModels.Late, "--in", format, "--out", @out)).Output);

    [Fact]
    public async Task Raw_numbers_are_rows_of_one_frame()
    {
        byte[] input = System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([4, 8]).ToArray();
        Assert.Equal("6\n10\n", (await Seqstream.RunAsync(input, "run", TestModels.Late, "--in", "f32", "--out", "text")).Output);
    }

    [Fact]
    public async Task Stream_that_is_too_short_has_no_answer_and_that_is_said()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("{\"stream\":\"a\",\"x\":[4]}\n{\"stream\":\"b\",\"x\":[4]}\n{\"stream\":\"b\",\"x\":[4]}\n{\"stream\":\"b\",\"x\":[4]}\n", "run", TestModels.Unpadded);

        Assert.Equal(["""{"stream":"b","step":0,"y":[7]}"""], run.Lines);
        Assert.Equal("seqstream: 1 stream ended before frame 3: the model has no answer for streams that short\n", run.Errors);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Frame_of_another_width_is_refused_by_the_width_of_a_frame()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("{\"x\":[4,8]}\n", "run", TestModels.Late);
        Assert.Equal(65, run.ExitCode);
        Assert.Contains("found 2 numbers for input 'x', expected 1", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Signal_ends_open_streams_so_that_their_last_answers_come(string signal, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using Process process = Seqstream.Start("run", TestModels.Late);
        await process.StandardInput.WriteAsync("{\"x\":[4]}\n{\"x\":[8]}\n");
        await process.StandardInput.FlushAsync();
        Assert.Equal("""{"step":0,"y":[6]}""", await process.StandardOutput.ReadLineAsync());
        using (Process kill = Process.Start("/bin/kill", ["-s", signal, $"{process.Id}"])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("{\"step\":1,\"y\":[10]}\n", await process.StandardOutput.ReadToEndAsync());
        Assert.Equal(exitCode, process.ExitCode);
    }

    [Fact]
    public async Task Inspect_counts_the_delay_in_frames()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "inspect", TestModels.Late);
        Assert.Contains("delay       1 frames of the output, which looks 1 frames of the input ahead", run.Output, StringComparison.Ordinal);
        Assert.Contains("\"lookAhead\": 1", (await Seqstream.RunAsync("", "inspect", TestModels.Late, "--json")).Output, StringComparison.Ordinal);
    }
}
