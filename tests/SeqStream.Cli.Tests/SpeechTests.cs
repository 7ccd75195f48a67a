using System.Diagnostics;
using System.Text.Json;

namespace SeqStream.Cli.Tests;

/// <summary>The bundled models of speech write down and tag what is said, while it is said.</summary>
public sealed class SpeechTests
{
    private static readonly string[] s_names = ["3_jackson_0", "7_jackson_1", "1_jackson_2", "9_jackson_3"];
    private const string Text = "three seven one nine\n";

    [Fact]
    public async Task Recordings_joined_to_a_file_become_a_line_of_text()
    {
        Seqstream.Outcome wav = await Seqstream.RunAsync(SpokenFixture.Wav(s_names), "run", "speech-digits", "--in", "wav");
        Seqstream.Outcome plain = await Seqstream.RunAsync(SoundFixture.Bytes(SpokenFixture.Joined(s_names)), "run", "speech-digits", "--in", "s16le", "--rate", "8000", "--out", "text");
        Seqstream.Outcome twice = await Seqstream.RunAsync(SpokenFixture.WavAtTwiceTheRate(s_names), "run", "speech-digits", "--in", "wav");

        Assert.Equal((0, "", Text), (wav.ExitCode, wav.Errors, wav.Output));
        Assert.Equal((0, "", Text), (plain.ExitCode, plain.Errors, plain.Output));
        Assert.Equal((0, "", Text), (twice.ExitCode, twice.Errors, twice.Output));
    }

    [Fact]
    public async Task Records_tell_each_word_when_it_is_recognised_and_the_whole_at_the_end()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync(SpokenFixture.Wav(s_names), "run", "speech-digits", "--in", "wav", "--out", "jsonl");
        JsonElement[] records = [.. run.Lines.Select(static line => JsonDocument.Parse(line).RootElement)];

        Assert.Equal(["three", "three seven", "three seven one", "three seven one nine", "three seven one nine"], records.Select(static record => record.GetProperty("text").GetString()));
        Assert.All(records[..^1], static record => Assert.True(record.GetProperty("partial").GetBoolean()));
        Assert.False(records[^1].TryGetProperty("partial", out _));
        double[] starts = [.. records[..^1].Select(static record => record.GetProperty("span")[0].GetDouble())];
        Assert.Equal(starts.Order(), starts);
        Assert.Equal(starts[0], records[^1].GetProperty("span")[0].GetDouble());
        Assert.Equal(["three", "seven", "one", "nine"], records[^1].GetProperty("parts").EnumerateArray().Select(static part => part.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Word_is_shown_while_the_speaker_has_not_finished()
    {
        using Process process = Seqstream.Start("run", "speech-digits", "--in", "s16le", "--rate", "8000", "--out", "text");
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        byte[] begun = SoundFixture.Bytes([.. SpokenFixture.Joined(s_names[0]), .. new short[1600]]);
        await process.StandardInput.BaseStream.WriteAsync(begun, limit.Token);
        await process.StandardInput.BaseStream.FlushAsync(limit.Token);
        char[] shown = new char["three".Length];
        for (int count = 0; count < shown.Length;) count += await process.StandardOutput.ReadAsync(shown.AsMemory(count), limit.Token);
        Assert.Equal("three", new string(shown));

        await process.StandardInput.BaseStream.WriteAsync(SoundFixture.Bytes(SpokenFixture.Joined(s_names[1]).AsSpan(3200)), limit.Token);
        process.StandardInput.Close();
        Assert.Equal(" seven\n", await process.StandardOutput.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Pause_longer_than_the_endpoint_ends_the_line()
    {
        short[] first = SpokenFixture.Joined(s_names[..2]), second = SpokenFixture.Joined(s_names[2..]);
        Seqstream.Outcome run = await Seqstream.RunAsync(SoundFixture.Bytes([.. first, .. new short[12000], .. second]), "run", "speech-digits", "--in", "s16le", "--rate", "8000");

        Assert.Equal("three seven\none nine\n", run.Output);
    }

    [Theory]
    [InlineData("speech-digits")]
    [InlineData("speech-tags")]
    public async Task Silence_and_no_sound_at_all_say_nothing(string model)
    {
        Seqstream.Outcome silence = await Seqstream.RunAsync(SoundFixture.Wav(new byte[48000], 8000, 1), "run", model, "--in", "wav", "--out", "text");
        Seqstream.Outcome nothing = await Seqstream.RunAsync(SoundFixture.Wav([], 8000, 1), "run", model, "--in", "wav", "--out", "text");

        Assert.Equal((0, "", ""), (silence.ExitCode, silence.Errors, silence.Output));
        Assert.Equal((0, "", ""), (nothing.ExitCode, nothing.Errors, nothing.Output));
    }

    [Theory]
    [InlineData(4, 0)]    // over-driven
    [InlineData(1, 6000)] // beside zero
    [InlineData(0.05, 0)] // faint
    public async Task Distorted_sound_is_still_understood(double gain, int offset)
    {
        short[] samples = [.. SpokenFixture.Joined(s_names).Select(sample => (short)Math.Clamp(sample * gain + offset, short.MinValue, short.MaxValue))];
        Seqstream.Outcome run = await Seqstream.RunAsync(SoundFixture.Bytes(samples), "run", "speech-digits", "--in", "s16le", "--rate", "8000");

        Assert.Equal((0, Text), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task Samples_that_are_no_numbers_are_refused_and_the_rest_is_understood()
    {
        float[] samples = [.. SpokenFixture.Joined(s_names[0]).Select(static sample => sample / 32768f)];
        string lines = string.Join('\n', samples.Chunk(800).Select(static piece => JsonSerializer.Serialize(new { x = piece })).Prepend("""{"x":[1e39]}""").Prepend("""{"x":[0.5,"NaN"]}"""));
        Seqstream.Outcome run = await Seqstream.RunAsync(lines, "run", "speech-digits", "--in", "jsonl");

        Assert.Equal("three\n", run.Output);
        Assert.Contains("stdin:1: 'x'", run.Errors, StringComparison.Ordinal);
        Assert.Contains("stdin:2: 'x'", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keyword_is_tagged_when_it_begins_and_when_it_is_over()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync(SpokenFixture.Wav("3_jackson_0"), "run", "speech-tags", "--in", "wav");
        JsonElement[] records = [.. run.Lines.Select(static line => JsonDocument.Parse(line).RootElement)];
        JsonElement[] keyword = [.. records.Where(static record => record.GetProperty("label").GetString() == "three")];

        Assert.Equal(2, keyword.Length);
        Assert.True(keyword[0].GetProperty("partial").GetBoolean());
        Assert.Equal(1, keyword[0].GetProperty("span").GetArrayLength());
        Assert.False(keyword[1].TryGetProperty("partial", out _));
        Assert.Equal(keyword[0].GetProperty("span")[0].GetDouble(), keyword[1].GetProperty("span")[0].GetDouble());
        Assert.InRange(keyword[1].GetProperty("span")[1].GetDouble(), keyword[1].GetProperty("span")[0].GetDouble() + 0.06, 1.2);
    }

    [Fact]
    public async Task Speech_is_tagged_where_the_published_voice_model_hears_it()
    {
        const double hop = 0.032;
        byte[] wav = SpokenFixture.Wav("0_george_0", "4_george_1", "8_george_2", "2_theo_0", "6_theo_1", "5_lucas_2", "3_jackson_0", "7_jackson_1");
        Seqstream.Outcome voice = await Seqstream.RunAsync(wav, "run", SoundFixture.Voice(), "--in", "wav");
        Seqstream.Outcome tags = await Seqstream.RunAsync(wav, "run", "speech-tags", "--in", "wav");
        (double Start, double End)[] spans = [.. tags.Lines.Select(static line => JsonDocument.Parse(line).RootElement).Where(static record => !record.TryGetProperty("partial", out _))
            .Select(static record => (record.GetProperty("span")[0].GetDouble(), record.GetProperty("span")[1].GetDouble()))];
        bool[] heard = [.. voice.Lines.Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("y")[0].GetDouble() > 0.5)];

        int same = Enumerable.Range(0, heard.Length).Count(step => heard[step] == spans.Any(span => (step + 0.5) * hop >= span.Start && (step + 0.5) * hop < span.End));
        Assert.InRange(heard.Count(static step => step), heard.Length / 5, heard.Length);
        Assert.True(same >= 0.75 * heard.Length, $"{same} of {heard.Length} windows of 32 ms are the same.");
    }
}
