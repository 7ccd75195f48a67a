using System.Diagnostics;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary><c>run --state-dir</c> from run to run, and what <c>state</c> shows, moves and removes.</summary>
public sealed class StateVerbTests : IDisposable
{
    private const string Record = """{"stream":"ada","x":[39.25,0.43,22.75,0.43,33.75,1.30]}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-state-verb-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<Seqstream.Outcome> RunAsync(string input, params string[] more) => Seqstream.RunAsync(input, ["run", "activity", "--in", "jsonl", "--out", "jsonl", "--state-dir", _folder, .. more]);

    private Task<Seqstream.Outcome> StateAsync(string input, params string[] arguments) => Seqstream.RunAsync(input, ["state", .. arguments, "--state-dir", _folder]);

    private static string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(step => $"{{\"stream\":\"{"ab"[step % 2]}\",\"x\":[{step % 40},0.43,{step % 23},0.43,{step % 34},1.30]}}\n"));

    [Fact]
    public async Task Two_runs_answer_what_one_run_answers()
    {
        string all = Lines(60);
        Seqstream.Outcome whole = await Seqstream.RunAsync(all, "run", "activity", "--in", "jsonl", "--out", "jsonl");
        string[] lines = all.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Seqstream.Outcome first = await RunAsync(string.Join('\n', lines[..25])), second = await RunAsync(string.Join('\n', lines[25..]));

        Assert.Equal((0, "", 0, ""), (first.ExitCode, first.Errors, second.ExitCode, second.Errors));
        foreach (string stream in (string[])["a", "b"]) Assert.Equal(Of(stream, whole.Lines), Of(stream, [.. first.Lines, .. second.Lines]));

        static string[] Of(string stream, string[] lines) => [.. lines.Where(line => line.Contains($"\"stream\":\"{stream}\"", StringComparison.Ordinal) && line.Contains("\"label\"", StringComparison.Ordinal))];
    }

    [Theory]
    [InlineData("ner", "Angela Merkel visited Paris. ", "She met John Smith in Berlin.")]
    [InlineData("names", "ro", "ssi")]
    [InlineData("translate-fr-en", "Un homme joue. Deux chiens cou", "rent sur la plage. Va")]
    public async Task Models_of_text_go_on_in_the_middle_of_a_word(string model, string first, string second)
    {
        Seqstream.Outcome whole = await Seqstream.RunAsync(Json(first) + Json(second), ["run", model, "--in", "jsonl", "--out", "jsonl"]);
        Assert.Equal((0, ""), (whole.ExitCode, whole.Errors));
        Seqstream.Outcome before = await Seqstream.RunAsync(Json(first), ["run", model, "--in", "jsonl", "--out", "jsonl", "--state-dir", _folder]);
        Seqstream.Outcome after = await Seqstream.RunAsync(Json(second) + "{\"stream\":\"s\",\"control\":\"end\"}\n", ["run", model, "--in", "jsonl", "--out", "jsonl", "--state-dir", _folder]);

        Assert.Equal(("", ""), (before.Errors, after.Errors));
        Assert.Equal(whole.Lines, (string[])[.. before.Lines, .. after.Lines]);
        Assert.Empty((await StateAsync("", "list", "--json")).Output.Trim().Trim('[', ']'));

        static string Json(string text) => $"{{\"stream\":\"s\",\"text\":\"{text}\"}}\n";
    }

    [Fact]
    public async Task A_sentence_that_was_half_read_moves_and_is_answered_elsewhere()
    {
        const string first = """{"stream":"ada","text":"Une femme en robe "}""", second = "{\"stream\":\"ada\",\"text\":\"bleue danse\"}\n{\"stream\":\"ada\",\"control\":\"end\"}\n";
        string[] run = ["run", "translate-fr-en", "--in", "jsonl", "--out", "jsonl"];
        Seqstream.Outcome whole = await Seqstream.RunAsync($"{first}\n{second}", run);
        await Seqstream.RunAsync(first + "\n", [.. run, "--state-dir", _folder]);
        string other = Path.Combine(_folder, "other");
        Seqstream.Outcome import = await Seqstream.RunAsync((await StateAsync("", "export", "ada")).Output, "state", "import", "--state-dir", other, "--route", "translate-fr-en");
        Seqstream.Outcome after = await Seqstream.RunAsync(second, [.. run, "--state-dir", other]);

        Assert.Equal((0, 0, ""), (import.ExitCode, after.ExitCode, after.Errors));
        Assert.Contains("\"text\":\"A woman", after.Output, StringComparison.Ordinal);
        Assert.Equal(whole.Lines, after.Lines);
    }

    [Fact]
    public async Task File_that_was_read_is_not_read_again()
    {
        string file = Path.Combine(_folder, "input.jsonl");
        await File.WriteAllTextAsync(file, Lines(10), TestContext.Current.CancellationToken);
        Seqstream.Outcome first = await RunAsync("", "--feed", file);
        await File.AppendAllTextAsync(file, Lines(4), TestContext.Current.CancellationToken);
        Seqstream.Outcome second = await RunAsync("", "--feed", file);

        Assert.Equal((10, 4), (first.Lines.Length, second.Lines.Length));
        Assert.Contains("\"step\":5", second.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_moves_to_another_state_directory()
    {
        await RunAsync(Record + "\n" + Record.Replace("ada", "bob", StringComparison.Ordinal));
        Seqstream.Outcome list = await StateAsync("", "list"), show = await StateAsync("", "show", "ada", "--json"), export = await StateAsync("", "export", "ada");
        string other = Path.Combine(_folder, "other");
        Seqstream.Outcome import = await Seqstream.RunAsync(export.Output, "state", "import", "--state-dir", other, "--route", "activity");
        Seqstream.Outcome here = await RunAsync(Record), there = await Seqstream.RunAsync(Record, "run", "activity", "--in", "jsonl", "--out", "jsonl", "--state-dir", other);

        Assert.Equal(3, list.Lines.Length);
        Assert.StartsWith("activity  ada     1      ", list.Lines[1], StringComparison.Ordinal);
        Assert.Contains("\"steps\":1", show.Output.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal((0, "seqstream: 1 streams were imported\n"), (import.ExitCode, import.Errors));
        Assert.Equal(here.Output, there.Output);
        Assert.Contains("\"step\":1", there.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removed_stream_begins_anew()
    {
        await RunAsync(Record);
        Assert.Equal(0, (await StateAsync("", "remove", "ada")).ExitCode);
        Assert.Contains("\"step\":0", (await RunAsync(Record)).Output, StringComparison.Ordinal);
    }

    /// <summary>C8</summary>
    [Fact]
    public async Task Directory_in_use_is_refused_with_the_process_that_holds_it()
    {
        using Process holder = Seqstream.Start("run", "activity", "--in", "jsonl", "--out", "jsonl", "--state-dir", _folder);
        await holder.StandardInput.WriteLineAsync(Record);
        await holder.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Seqstream.Outcome second = await RunAsync(Record), list = await StateAsync("", "list");
        holder.StandardInput.Close();
        await holder.WaitForExitAsync(TestContext.Current.CancellationToken);

        string expected = $"seqstream: State directory '{_folder}' is in use by another process (process {holder.Id}). Stop that one, or name another directory.\n";
        Assert.Equal((1, expected), (second.ExitCode, second.Errors));
        Assert.Equal((1, expected), (list.ExitCode, list.Errors));
    }

    /// <summary>C4: the disk takes no more. What was stored before stays whole, and the next run goes on from there.</summary>
    [Fact]
    public async Task Full_disk_ends_the_run_and_the_next_one_goes_on_from_what_was_stored()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The limit is that of a Unix shell.");
        string input = Path.Combine(_folder, "input.jsonl"), state = Path.Combine(_folder, "state");
        await File.WriteAllTextAsync(input, string.Concat(Enumerable.Range(0, 4000).Select(static record => $"{{\"stream\":\"s{record % 1000}\",\"x\":[{record % 40},0.43,22,0.43,33,1.30]}}\n")), TestContext.Current.CancellationToken);
        string command = $"trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f 300; exec '{Seqstream.Path}' run activity --in jsonl --out jsonl --feed '{input}' --state-dir '{state}' --commit-every 0.001";
        using Process limited = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = SharedFolder.Repository })!;
        Task<string> errors = limited.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string[] before = (await limited.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await limited.WaitForExitAsync(TestContext.Current.CancellationToken);
        Seqstream.Outcome after = await Seqstream.RunAsync("", "run", "activity", "--in", "jsonl", "--out", "jsonl", "--feed", input, "--state-dir", state), whole = await Seqstream.RunAsync("", "run", "activity", "--in", "jsonl", "--out", "jsonl", "--feed", input);

        Assert.True(limited.ExitCode == 1, $"It ended with {limited.ExitCode} and said: {await errors}");
        Assert.StartsWith($"seqstream: '{Path.Combine(state, "streams.sqlite")}' cannot be written: ", await errors, StringComparison.Ordinal);
        Assert.Contains("Make sure the disk has room", await errors, StringComparison.Ordinal);
        Assert.Equal((0, ""), (after.ExitCode, after.Errors));
        Assert.Equal(whole.Lines.Where(static line => line.Contains("\"label\"", StringComparison.Ordinal)).Order(StringComparer.Ordinal), before.Concat(after.Lines).Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>C7</summary>
    [Fact]
    public async Task State_of_another_model_is_refused_and_kept()
    {
        await RunAsync(Record);
        string model = Path.Combine(SharedFolder.Repository, "models", "names", "model.onnx");
        Seqstream.Outcome other = await Seqstream.RunAsync("{\"stream\":\"ada\",\"inputs\":{\"ids\":[1],\"class\":[0]}}", "run", model, "--in", "jsonl", "--out", "jsonl", "--state-dir", _folder, "--route", "activity");
        Assert.Equal(1, other.ExitCode);
        Assert.StartsWith("seqstream: Stream 'ada' of route 'activity' cannot go on: The stored stream has state layout ", other.Errors, StringComparison.Ordinal);
        Assert.Contains("\"step\":1", (await RunAsync(Record)).Output, StringComparison.Ordinal);
    }

    public static TheoryData<string[], string, int, string> Faults => new()
    {
        { ["state", "list", "--state-dir", "nowhere"], "", 66, "seqstream: 'nowhere' is no state directory: it has no file 'streams.sqlite'. Name the one that 'run --state-dir' was given." },
        { ["run", "activity", "--route", "r"], "", 2, "seqstream: --route means nothing without --state-dir. Name a directory, or leave --route out." },
        { ["run", "activity", "--state-dir", "x", "--commit-every", "0"], "", 2, "seqstream: --commit-every is 0; expected 0.001 to 3600 seconds." },
        { ["run", "activity", "--state-dir", "/dev/null/x"], "", 1, "seqstream: State directory '/dev/null/x' cannot be made: " },
        { ["run", "activity", "--state-dir", "x", "--feed", "mqtt://127.0.0.1:1/in/{stream}?client=c&overflow=drop-newest"], "", 2, "seqstream: --feed drops messages (overflow=drop-newest), but --state-dir promises to lose none. Use overflow=wait, or leave --state-dir out." },
        { ["run", "activity", "--state-dir", "x", "--sink", "mqtt://127.0.0.1:1/out?overflow=drop-oldest"], "", 2, "seqstream: --sink drops messages (overflow), but --state-dir promises to lose none. Use overflow=wait, or leave --state-dir out." },
        { ["state", "import", "--state-dir", "x"], "{\"route\":\"r\",\"record\":\"AAAA\"}\n", 65, "seqstream: stdin:1: The stored stream has 3 bytes: it was cut short. Use an intact copy. Expected a line that 'seqstream state export' wrote; nothing was imported." },
        { ["state", "import", "--state-dir", "x"], "hello\n", 65, "seqstream: stdin:1: " },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_cannot_be_done_is_told_with_the_remedy(string[] arguments, string input, int exitCode, string message)
    {
        Seqstream.Outcome outcome = await Seqstream.RunAsync(input, [.. arguments.Select(argument => argument == "x" ? _folder : argument)]);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.StartsWith(message, outcome.Errors, StringComparison.Ordinal);
        Assert.Equal("", outcome.Output);
    }

    [Fact]
    public async Task Streams_that_are_not_there_are_named()
    {
        await RunAsync(Record);
        Seqstream.Outcome show = await StateAsync("", "show", "eve");
        Assert.Equal((2, "seqstream: no stored stream is named 'eve'. 'seqstream state list' names those that are."), (show.ExitCode, show.Errors.Trim()));
    }
}
