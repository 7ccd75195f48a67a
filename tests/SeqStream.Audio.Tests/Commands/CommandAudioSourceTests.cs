using System.Diagnostics;
using SeqStream.Contracts;

namespace SeqStream.Audio.Commands;

public sealed class CommandAudioSourceTests
{
    private static readonly AudioFormat s_format = new(16000, 1);

    [Theory]
    [InlineData("arecord -q  -t raw -", new[] { "arecord", "-q", "-t", "raw", "-" })]
    [InlineData("sh -c 'a \"b\" \\c'", new[] { "sh", "-c", "a \"b\" \\c" })]
    [InlineData("a \"b c\\\"d\" e\\ f ''", new[] { "a", "b c\"d", "e f", "" })]
    [InlineData("a'b'\"c\"d", new[] { "abcd" })]
    public void Command_is_cut_as_a_shell_does(string command, string[] words) => Assert.Equal(words, CommandLine.Split(command));

    [Theory]
    [InlineData("sh -c 'a", "The capture command 'sh -c 'a' has a quote that is not closed")]
    [InlineData("  ", "The capture command is empty")]
    public void Bad_command_is_refused(string command, string problem)
    {
        AudioException error = Assert.Throws<AudioException>(() => CommandLine.Split(command));
        Assert.Equal(AudioFault.Configuration, error.Fault);
        Assert.StartsWith(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_of_a_command_becomes_samples()
    {
        FeedRun run = await FeedRun.OfAsync(Feed("printf '\\000\\100\\000\\300'", "s16le"));
        Assert.Equal([0.5f, -0.5f], run.Samples);
        Assert.Equal(FrameKind.End, run.Kinds[^1]);
    }

    [Fact]
    public async Task Command_that_is_not_there_says_what_to_install()
    {
        AudioException error = await Assert.ThrowsAsync<AudioException>(() => FeedRun.OfAsync(Feed("no-such-recorder -x", "s16le")));
        Assert.Equal(AudioFault.Unavailable, error.Fault);
        Assert.Contains("The command 'no-such-recorder' cannot be started:", error.Message, StringComparison.Ordinal);
        Assert.Contains("Debian's alsa-utils", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_that_fails_is_quoted_after_its_samples_are_used()
    {
        AudioFeed feed = Feed("sh -c 'printf AAAA; echo one >&2; echo device busy >&2; exit 3'", "s16le");
        AudioException error = await Assert.ThrowsAsync<AudioException>(() => FeedRun.OfAsync(feed));
        Assert.Equal(2, feed.Counters.SampleFrames);
        Assert.Equal(
            "The command 'sh' ended with exit code 3 and said: one / device busy. Expected it to run until it is stopped or to end with 0. Run it by hand to see what it lacks.", error.Message);
    }

    [Theory]
    [InlineData("wav")]
    [InlineData("s16le")]
    public async Task Failed_command_is_named_rather_than_its_unfinished_output(string format)
    {
        AudioException error = await Assert.ThrowsAsync<AudioException>(() => FeedRun.OfAsync(Feed("sh -c 'printf RIF; exit 9'", format)));
        Assert.Contains("ended with exit code 9 and said nothing on its standard error", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_is_killed_with_its_children_when_reading_stops()
    {
        await using CommandAudioSource source = new("sh -c 'sleep 1000 & sleep 1000; true'", static output => new Pcm.RawPcmSource("exec", output, Audio.Samples.SampleEncoding.S16, s_format));
        using CancellationTokenSource stop = new();
        Task<AudioFormat> opening = source.OpenAsync(stop.Token).AsTask();
        int id;
        while ((id = source.ProcessId ?? 0) == 0) await Task.Delay(5);
        using Process process = Process.GetProcessById(id);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        await process.WaitForExitAsync();
        Assert.Null(source.ProcessId);
    }

    [Fact]
    public async Task Command_that_runs_on_is_killed_when_disposed()
    {
        CommandAudioSource source = new("sh -c 'printf AAAA; exec sleep 1000'", static output => new Pcm.RawPcmSource("exec", output, Audio.Samples.SampleEncoding.S16, s_format));
        await source.OpenAsync(CancellationToken.None);
        Assert.Equal(2, (await source.ReadAsync(new float[10], CancellationToken.None)).SampleFrames);
        using Process process = Process.GetProcessById(source.ProcessId!.Value);
        await source.DisposeAsync();
        await process.WaitForExitAsync();
    }

    [Fact]
    public async Task Talkative_command_does_not_block()
    {
        FeedRun run = await FeedRun.OfAsync(Feed("sh -c 'head -c 300000 /dev/zero >&2; head -c 20000 /dev/zero'", "u8"));
        Assert.Equal(20_000, run.Samples.Count);
    }

    private static AudioFeed Feed(string command, string format) => AudioFeeds.FromUri("exec:" + command, format, s_format);
}
