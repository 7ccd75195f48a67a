using System.Diagnostics;
using System.Globalization;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>P1 to P4: pipes of sound, cut anywhere, live, long, and with readers that are slow or leave.</summary>
public sealed class PipeTests
{
    private static readonly byte[] s_threeFrames = SoundFixture.Bytes([4096, 8192, 12288, 16384, -4096, -8192]);
    private static readonly string[] s_answers = ["""{"step":0,"t":0,"y":[0.125,0.25]}""", """{"step":1,"t":0.000125,"y":[0.5,0.75]}""", """{"step":2,"t":0.00025,"y":[0.375,0.5]}"""];

    [Fact]
    public async Task Samples_cut_at_every_byte_have_the_same_answers()
    {
        for (int cut = 0; cut <= s_threeFrames.Length; cut++) Assert.Equal(s_answers, await InPiecesAsync(s_threeFrames[..cut], s_threeFrames[cut..]));
        Assert.Equal(s_answers, await InPiecesAsync([.. s_threeFrames.Select(static value => (byte[])[value])]));
    }

    [Fact]
    public async Task Unfinished_sample_is_reported_after_all_whole_ones()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync([.. s_threeFrames, 1], "run", TestModels.Null, "--in", "s16le");

        Assert.Equal(65, run.ExitCode);
        Assert.Equal(s_answers, run.Lines);
        Assert.Contains("stdin ends inside a sample: 1 of 2 bytes after 6 whole sample frames. Everything before that was used. Check the encoding and the channels, or whether the source was cut off.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wav_file_that_is_cut_off_is_reported_after_all_it_has()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync(SoundFixture.Wav(s_threeFrames, 16000, 1)[..^4], "run", TestModels.Null, "--in", "wav");

        Assert.Equal(65, run.ExitCode);
        Assert.Equal(s_answers[..2], run.Lines);
        Assert.Contains("the file ends after 8 of the 12 bytes of samples that its header announces. Everything before that was used. Copy the file again.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_pipe_is_no_error()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "run", TestModels.Null, "--in", "s16le");

        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Errors));
    }

    /// <summary>P2.</summary>
    [Fact]
    public async Task Reader_that_has_enough_ends_the_run_quietly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The shell of this test is a Unix shell.");
        ProcessStartInfo shell = new("/bin/bash", ["-c", $"cat /dev/zero 2>/dev/null | '{Seqstream.Path}' run '{TestModels.Null}' --in s16le | (head -1; date +%s%N); echo ${{PIPESTATUS[1]}}; date +%s%N"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(shell)!;
        string[] output = (await process.StandardOutput.ReadToEndAsync()).Split('\n');

        Assert.Equal("", await process.StandardError.ReadToEndAsync());
        Assert.Equal("""{"step":0,"t":0,"y":[0,0]}""", output[0]);
        Assert.Equal("0", output[2]);
        TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant($"the run ended {(Nanoseconds(output[3]) - Nanoseconds(output[1])) / 1e6:0} ms after its reader"));
    }

    /// <summary>P3: what the pipe takes is bounded by the route's queues; nothing is lost when the reader goes on.</summary>
    [Fact]
    public async Task Slow_reader_makes_the_source_wait()
    {
        const int Records = 20_000, RecordBytes = 3200;
        using Process process = Seqstream.Start("run", TestModels.Level, "--in", "s16le");
        byte[] record = new byte[RecordBytes];
        long written = 0;
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < Records; i++)
            {
                await process.StandardInput.BaseStream.WriteAsync(record);
                Interlocked.Increment(ref written);
            }
            process.StandardInput.Close();
        });
        for (long seen = -1; seen != Interlocked.Read(ref written);)
        {
            seen = Interlocked.Read(ref written);
            await Task.WhenAny(writing, Task.Delay(1000));
        }
        Assert.InRange(Interlocked.Read(ref written), 1, Records / 2);
        Assert.False(writing.IsCompleted);

        int answers = 0;
        while (await process.StandardOutput.ReadLineAsync() is not null) answers++;
        await writing;
        Assert.Equal(Records, answers);
    }

    /// <summary>P4.</summary>
    [Theory]
    [InlineData("s16le")]
    [InlineData("wav")]
    public async Task Live_samples_are_answered_before_the_next_ones_come(string format)
    {
        using Process process = Seqstream.Start("run", TestModels.Null, "--in", format);
        Stream input = process.StandardInput.BaseStream;
        if (format == "wav") await input.WriteAsync(SoundFixture.Wav(s_threeFrames, 16000, 1).AsMemory(0, 44));
        for (int i = 0; i < 3; i++)
        {
            await input.WriteAsync(s_threeFrames.AsMemory(4 * i, 4));
            await input.FlushAsync();
            Assert.Equal(s_answers[i], await process.StandardOutput.ReadLineAsync());
        }
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData("s16le", 0)]
    [InlineData("wav", 0)]
    [InlineData("s16le", 4)]
    public async Task Signal_ends_a_run_that_waits_for_samples(string format, int bytes)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using Process process = Seqstream.Start("run", TestModels.Null, "--in", format);
        await process.StandardInput.BaseStream.WriteAsync(s_threeFrames.AsMemory(0, bytes));
        await process.StandardInput.FlushAsync();
        if (bytes > 0) Assert.Equal(s_answers[0], await process.StandardOutput.ReadLineAsync());
        else await Task.Delay(500); // mostly enough to come to waiting; sooner it ends by the same signal
        await Seqstream.SignalAsync(process, "TERM");
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("", await process.StandardError.ReadToEndAsync());
        Assert.Equal(143, process.ExitCode);
    }

    /// <summary>P1: once its queues have been full, a long pipe takes no more memory. SEQSTREAM_PIPE_MEGABYTES makes it longer.</summary>
    [Theory]
    [InlineData("s16le")]
    [InlineData("jsonl")]
    public async Task Long_pipe_takes_constant_memory(string format)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is read from /proc.");
        long megabytes = long.Parse(Environment.GetEnvironmentVariable("SEQSTREAM_PIPE_MEGABYTES") ?? "300", CultureInfo.InvariantCulture);
        byte[] piece = format == "jsonl" ? [.. Enumerable.Repeat("{\"x\":[0.5,-0.25],\"note\":\"something that is not copied to the output, as records often have\"}\n"u8.ToArray(), 10_000).SelectMany(static line => line)] : SoundFixture.Bytes(SoundFixture.Noise(1 << 19));
        using Process process = Seqstream.Start("run", format == "jsonl" ? TestModels.Null : TestModels.Level, "--in", format);
        Task draining = Task.Delay(1500).ContinueWith(_ => process.StandardOutput.BaseStream.CopyToAsync(Stream.Null), TaskScheduler.Default).Unwrap(); // until then all queues fill up
        long total = megabytes << 20, sampled = 0, least = long.MaxValue, most = 0;
        for (long sent = 0; sent < total; sent += piece.Length)
        {
            await process.StandardInput.BaseStream.WriteAsync(piece);
            if (sent < total / 3) continue;
            long resident = ResidentBytes(process);
            (sampled, least, most) = (sampled + 1, Math.Min(least, resident), Math.Max(most, resident));
        }
        process.StandardInput.Close();
        await draining;
        await process.WaitForExitAsync();

        TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant($"{megabytes} MB of {format}: resident {least >> 20} to {most >> 20} MB in {sampled} samples"));
        Assert.Equal(0, process.ExitCode);
        Assert.True(sampled > 50);
        Assert.InRange(most - least, 0, 16 << 20); // +- 8 MB
    }

    private static long ResidentBytes(Process process)
    {
        string line = File.ReadLines(FormattableString.Invariant($"/proc/{process.Id}/status")).First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }

    private static long Nanoseconds(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<string[]> InPiecesAsync(params byte[][] pieces)
    {
        using Process process = Seqstream.Start("run", TestModels.Null, "--in", "s16le");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        foreach (byte[] piece in pieces)
        {
            await process.StandardInput.BaseStream.WriteAsync(piece);
            await process.StandardInput.BaseStream.FlushAsync();
            await Task.Delay(5); // so that the pieces are mostly read one by one; the answers must not depend on it
        }
        process.StandardInput.Close();
        string[] lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return lines;
    }
}
