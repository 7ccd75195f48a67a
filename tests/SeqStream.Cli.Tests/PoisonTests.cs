using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using SeqStream.Contracts;

namespace SeqStream.Cli.Tests;

/// <summary>S3: records that would poison a stream's memory are refused whole, kept with the reason, and change nothing.</summary>
public sealed class PoisonTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("seqstream-letters-").FullName, "letters.jsonl");

    /// <summary>[name, record, beginning of the problem, what is kept if not the record itself]</summary>
    public static TheoryData<string, string, string, string?> Poisons() => new()
    {
        { "no JSON", """{"stream":"a","x":[1,2""", "not JSON from byte", null },
        { "NaN", """{"stream":"a","x":[NaN,1]}""", "not JSON from byte 20 on", null },
        { "infinity", """{"stream":"a","x":[1e39,1,1,1,1,1]}""", "'x', number 1: found '1e39', expected a finite number: a model's memory would not recover from it.", null },
        { "far beyond any float", """{"stream":"a","x":[1e999,1,1,1,1,1]}""", "'x', number 1: found '1e999', expected a finite number", null },
        { "wrong shape", """{"stream":"a","x":[1,2,3]}""", "found 3 numbers", """{"stream":"a","x":[1,2,3]}""" },
        { "wrong kind", """{"stream":"a","text":"walking ö"}""", "found text", """{"stream":"a","text":"walking ö"}""" },
        { "unknown input", """{"stream":"a","inputs":{"z":[1]}}""", "'inputs' names 'z'", null },
        { "no UTF-8", "{\"stream\":\"a\",\"x\":\"\u00ff\"}", "the line is not valid UTF-8", null },
    };

    [Theory]
    [MemberData(nameof(Poisons))]
    public async Task Poison_leaves_the_memory_bit_for_bit_and_is_kept_with_the_reason(string name, string record, string problem, string? kept)
    {
        byte[] bad = name == "no UTF-8" ? Encoding.Latin1.GetBytes(record) : Encoding.UTF8.GetBytes(record);
        string[] good = [.. Enumerable.Range(0, 40).Select(static i => FormattableString.Invariant($"{{\"stream\":\"a\",\"x\":[{i % 7},0.5,{i % 3},1,{i},2]}}"))];
        byte[] clean = Encoding.UTF8.GetBytes(string.Join('\n', good));
        byte[] mixed = [.. good[..20].SelectMany(static line => Encoding.UTF8.GetBytes(line + "\n")), .. bad, (byte)'\n', .. good[20..].SelectMany(static line => Encoding.UTF8.GetBytes(line + "\n"))];
        Seqstream.Outcome expected = await Seqstream.RunAsync(clean, "run", "activity", "--in", "jsonl", "--out", "jsonl");
        Seqstream.Outcome run = await Seqstream.RunAsync(mixed, "run", "activity", "--in", "jsonl", "--out", "jsonl", "--dead-letter", _file);
        JsonElement letter = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(_file))).RootElement;

        Assert.Equal(40, expected.Lines.Length);
        Assert.Equal(expected.Lines, run.Lines);
        Assert.Equal(65, run.ExitCode);
        Assert.Equal(("stdin", 21), (letter.GetProperty("source").GetString(), letter.GetProperty("line").GetInt32()));
        Assert.StartsWith(problem, letter.GetProperty("problem").GetString(), StringComparison.Ordinal);
        if (name == "no UTF-8") Assert.Equal(bad, letter.GetProperty("base64").GetBytesFromBase64());
        else Assert.Equal(kept ?? record, letter.GetProperty("record").GetString());
        Assert.False(letter.TryGetProperty("cut", out _));
    }

    [Theory]
    [InlineData(1_000_000, "found 1000000 numbers")]
    [InlineData(6_000_000, "the line is longer than 8388608 bytes")]
    public async Task Huge_tensor_is_refused_and_its_beginning_kept(int numbers, string problem)
    {
        string huge = $"{{\"stream\":\"b\",\"x\":[{string.Join(',', Enumerable.Repeat("1", numbers))}]}}";
        Seqstream.Outcome run = await Seqstream.RunAsync($"{{\"stream\":\"b\",\"x\":[1,2]}}\n{huge}\n{{\"stream\":\"b\",\"x\":[3,4]}}\n", "run", TestModels.Null, "--dead-letter", _file);
        JsonElement letter = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(_file))).RootElement;

        Assert.Equal(["""{"stream":"b","step":0,"y":[1,2]}""", """{"stream":"b","step":1,"y":[4,6]}"""], run.Lines);
        Assert.Contains(problem, letter.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.InRange(new FileInfo(_file).Length, 1, 2 * RecordFault.MostRecordBytes);
        if (numbers > 1_000_000) return;
        Assert.StartsWith("""{"stream":"b","x":[1,1,1,""", letter.GetProperty("record").GetString(), StringComparison.Ordinal);
        Assert.True(letter.GetProperty("cut").GetBoolean());
    }

    [Fact]
    public async Task Rows_of_floats_that_are_no_numbers_are_kept_as_what_they_were()
    {
        byte[] rows = MemoryMarshal.AsBytes<float>([1, 2, float.NaN, float.NegativeInfinity, 3, 4]).ToArray();
        Seqstream.Outcome run = await Seqstream.RunAsync([.. rows, 200, 201, 202], "run", TestModels.Null, "--in", "f32", "--out", "text", "--dead-letter", _file);
        string[] letters = await File.ReadAllLinesAsync(_file);

        Assert.Equal(["1 2", "4 6"], run.Lines);
        Assert.Equal(2, letters.Length);
        Assert.Contains("{\\\"x\\\":[\\\"NaN\\\",\\\"-Infinity\\\"]}", Assert.Single(letters, static letter => letter.Contains("NaN", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("the source ends after 3 of the row's 8 bytes", Assert.Single(letters, static letter => letter.Contains("\"base64\":\"yMnK\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letters_can_be_sent_again_and_are_appended()
    {
        foreach (string input in (string[])["{\"x\":[1]}\n", "{\"x\":[2]}\n"]) await Seqstream.RunAsync(input, "run", TestModels.Null, "--dead-letter", _file);
        string[] letters = await File.ReadAllLinesAsync(_file);

        Assert.Equal(["""{"x":[1]}""", """{"x":[2]}"""], letters.Select(static letter => JsonDocument.Parse(letter).RootElement.GetProperty("record").GetString()));
    }

    [Fact]
    public async Task File_that_cannot_be_written_is_told_before_anything_is_read()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("{\"x\":[1,2]}\n", "run", TestModels.Null, "--dead-letter", "/nowhere/letters.jsonl");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("--dead-letter: '/nowhere/letters.jsonl' cannot be written: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Name a file in a folder that is there and may be written.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Full_disk_ends_the_run_rather_than_losing_letters()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A full disk is /dev/full.");
        Seqstream.Outcome run = await Seqstream.RunAsync("{\"x\":[1]}\n{\"x\":[1,2]}\n", "run", TestModels.Null, "--dead-letter", "/dev/full");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("No space left on device", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("fault of SeqStream", run.Errors, StringComparison.Ordinal);
    }

    /// <summary>S4.</summary>
    [Theory]
    [InlineData("keep", "[9,9]")]
    [InlineData("reset", "[5,5]")]
    public async Task Missing_late_and_repeated_records_are_counted_and_the_policy_is_kept(string policy, string last)
    {
        string input = string.Concat(((int[])[1, 3, 1, 2, 5]).Select(static seq => FormattableString.Invariant($"{{\"x\":[{seq},{seq}],\"seq\":{seq}}}\n")));
        Seqstream.Outcome run = await Seqstream.RunAsync(input, "run", TestModels.Null, "--on-gap", policy);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(3, run.Lines.Length);
        Assert.Contains($"\"y\":{last}", run.Lines[^1], StringComparison.Ordinal);
        Assert.Equal("""
            seqstream: 1 record was dropped: its 'seq' had come before
            seqstream: 2 records were missing by 'seq' when the next one was stepped
            seqstream: 1 record came after that, see --late
            seqstream: 2 gaps were found in the records of a stream, see --on-gap

            """, run.Errors);
    }

    [Theory]
    [InlineData("--on-gap is fill, but the input is 'f32': only JSON Lines, CSV and messages have a 'seq' or 't' by which it is seen that records are missing. Leave --on-gap out.", "f32", "fill")]
    [InlineData("--on-gap is reset, but the input is 'f32': only JSON Lines, CSV and messages have a 'seq' or 't' by which it is seen that records are missing. Leave --on-gap out.", "f32", "reset")]
    public async Task Policy_that_records_cannot_have_is_refused(string message, string format, string policy)
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", "run", TestModels.Null, "--in", format, "--on-gap", policy);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
    }

    /// <summary>S2: what one process answers to many streams at once, in whatever batches and on 16 threads, are the bits that each stream gets alone.</summary>
    [Fact]
    public async Task Streams_on_sixteen_threads_keep_their_order_and_the_bits_they_have_alone()
    {
        const int Streams = 37, Records = 200;
        Random random = new(11);
        string[][] records = [.. Enumerable.Range(0, Streams).Select(stream => (string[])[.. Enumerable.Range(0, Records).Select(_ => FormattableString.Invariant($"{{\"stream\":\"s{stream}\",\"x\":[{string.Join(',', Enumerable.Range(0, 6).Select(_ => (random.NextSingle() * 40).ToString("R", System.Globalization.CultureInfo.InvariantCulture)))}]}}"))])];
        int[] next = new int[Streams];
        List<string> mixed = [];
        while (mixed.Count < Streams * Records)
        {
            int stream = random.Next(Streams);
            if (next[stream] < Records) mixed.Add(records[stream][next[stream]++]);
        }
        Seqstream.Outcome together = await Seqstream.RunAsync(string.Join('\n', mixed), "run", "activity", "--in", "jsonl", "--out", "jsonl", "--threads", "16");
        Seqstream.Outcome alone = await Seqstream.RunAsync(string.Join('\n', records.SelectMany(static lines => lines)), "run", "activity", "--in", "jsonl", "--out", "jsonl");

        Assert.Equal((0, 0), (together.ExitCode, alone.ExitCode));
        ILookup<string, string> expected = alone.Lines.ToLookup(StreamOf), found = together.Lines.ToLookup(StreamOf);
        Assert.Equal(Streams, expected.Count);
        foreach (IGrouping<string, string> stream in expected) Assert.Equal(stream, found[stream.Key]);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    private static string StreamOf(string line) => JsonDocument.Parse(line).RootElement.GetProperty("stream").GetString()!;
}
