using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using SeqStream.Audio.Resampling;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>Sound on stdin, in files and from commands reaches a model as its published way of listening says.</summary>
public sealed class SoundTests
{
    private const int WavHeaderBytes = 44;

    [Theory]
    [InlineData("silero_vad", 2)]
    [InlineData("silero_vad_16k_op15", 3)]
    [InlineData("silero_vad_op18_ifless", 4)]
    public async Task Speech_is_answered_every_32_milliseconds_as_by_the_reference(string model, int column)
    {
        Seqstream.Outcome run = await Seqstream.RunAsync(SoundFixture.Speech, "run", SoundFixture.Voice(model), "--in", "wav");
        string[] expected = File.ReadAllLines(SharedFolder.Require("models/silero-vad/reference/test.wav.speech.csv"));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(expected.Length - 1, run.Lines.Length);
        for (int step = 0; step < run.Lines.Length; step++)
        {
            JsonElement record = JsonDocument.Parse(run.Lines[step]).RootElement;
            Assert.Equal(step, record.GetProperty("step").GetInt32());
            Assert.Equal(step * 0.032, record.GetProperty("t").GetDouble(), 9);
            Assert.Equal(double.Parse(expected[step + 1].Split(',')[column], CultureInfo.InvariantCulture), record.GetProperty("y")[0].GetDouble(), 1e-5); // another runtime's, after up to a minute
        }
    }

    [Fact]
    public async Task Sound_and_json_lines_of_the_same_samples_have_the_same_answers()
    {
        string[] records = SoundFixture.Lines("silero_vad.in");
        Seqstream.Outcome lines = await Seqstream.RunAsync(string.Join('\n', records), "run", SoundFixture.Voice());
        Seqstream.Outcome sound = await Seqstream.RunAsync(SoundFixture.Speech, "run", SoundFixture.Voice(), "--in", "wav");

        Assert.Equal(records.Length, lines.Lines.Length);
        for (int step = 0; step < records.Length; step++)
        {
            double expected = JsonDocument.Parse(lines.Lines[step]).RootElement.GetProperty("outputs").GetProperty("output")[0].GetDouble();
            Assert.Equal(expected, JsonDocument.Parse(sound.Lines[step]).RootElement.GetProperty("y")[0].GetDouble(), 1e-6);
        }
    }

    [Fact]
    public async Task Rate_of_the_source_is_bound_where_the_model_knows_it()
    {
        byte[] samples = SoundFixture.Speech[WavHeaderBytes..200_000];
        float[] floats = [.. MemoryMarshal.Cast<byte, short>(samples).ToArray().Select(static sample => sample / 32768f)];
        IEnumerable<string> records = Enumerable.Range(0, floats.Length / 256).Select(step =>
        {
            IEnumerable<float> context = step == 0 ? Enumerable.Repeat(0f, 32) : floats.Skip(step * 256 - 32).Take(32);
            return $"{{\"inputs\":{{\"input\":[{string.Join(',', context.Concat(floats.Skip(step * 256).Take(256)).Select(static x => x.ToString("R", CultureInfo.InvariantCulture)))}],\"sr\":8000}}}}";
        });
        string[] expected = [.. (await Seqstream.RunAsync(string.Join('\n', records), "run", SoundFixture.Voice())).Lines.Select(ValueOf)];
        Seqstream.Outcome plain = await Seqstream.RunAsync(samples, "run", SoundFixture.Voice(), "--in", "s16le", "--rate", "8000");
        Seqstream.Outcome wav = await Seqstream.RunAsync(SoundFixture.Wav(samples, 8000, 1), "run", SoundFixture.Voice(), "--in", "wav");

        Assert.Equal(floats.Length / 256, expected.Length);
        Assert.Equal(expected, plain.Lines.Select(ValueOf));
        Assert.Equal(expected, wav.Lines.Select(ValueOf));
    }

    [Fact]
    public async Task Encodings_of_the_same_samples_have_the_same_bits()
    {
        short[] samples = SoundFixture.Noise(1600);
        byte[] s24 = [.. samples.SelectMany(static sample => (byte[])[0, (byte)sample, (byte)(sample >> 8)])];
        byte[] s32 = [.. samples.SelectMany(static sample => (byte[])[0, 0, (byte)sample, (byte)(sample >> 8)])];
        byte[] f32 = MemoryMarshal.AsBytes<float>([.. samples.Select(static sample => sample / 32768f)]).ToArray();
        byte[] expected = await EchoAsync(SoundFixture.Bytes(samples), "--in", "s16le");

        Assert.Equal(f32, expected);
        Assert.Equal(expected, await EchoAsync(SoundFixture.Bytes(samples), "--in", "S16_LE"));
        Assert.Equal(expected, await EchoAsync(s24, "--in", "s24le"));
        Assert.Equal(expected, await EchoAsync(s32, "--in", "s32le"));
        Assert.Equal(expected, await EchoAsync(f32, "--in", "f32le"));
        Assert.Equal(expected, await EchoAsync(SoundFixture.Wav(SoundFixture.Bytes(samples), 16000, 1), "--in", "wav"));
    }

    [Theory]
    [InlineData("mulaw", 0x80, 32124 / 32768f)]
    [InlineData("mulaw", 0xFF, 0f)]
    [InlineData("alaw", 0xAA, 32256 / 32768f)]
    public async Task Companded_samples_have_their_known_values(string encoding, byte sample, float expected)
        => Assert.All(MemoryMarshal.Cast<byte, float>(await EchoAsync([.. Enumerable.Repeat(sample, 160)], "--in", encoding)).ToArray(), value => Assert.Equal(expected, value));

    [Theory]
    [InlineData("mean", 0.5f)]
    [InlineData("left", 0.25f)]
    [InlineData("1", 0.75f)]
    public async Task Channels_become_one(string mix, float expected)
    {
        byte[] both = MemoryMarshal.AsBytes<float>([.. Enumerable.Repeat((float[])[0.25f, 0.75f], 160).SelectMany(static pair => pair)]).ToArray();

        Assert.All(MemoryMarshal.Cast<byte, float>(await EchoAsync(both, "--in", "f32le", "--channels", "2", "--mix", mix)).ToArray(), value => Assert.Equal(expected, value));
    }

    [Fact]
    public async Task Samples_are_changed_to_the_rate_that_the_metadata_name()
    {
        short[] samples = SoundFixture.Noise(3200);
        float[] expected = new float[1700];
        Resampler resampler = new(new ResamplingFilter(16000, 8000));
        int count = resampler.Process([.. samples.Select(static sample => sample / 32768f)], expected);
        count += resampler.Flush(expected.AsSpan(count));
        float[] found = MemoryMarshal.Cast<byte, float>(await OutputAsync(TestModels.EchoAt8000, SoundFixture.Bytes(samples), "--in", "s16le")).ToArray();

        Assert.Equal(1600, count);
        Assert.Equal(expected[..count], found);
    }

    [Fact]
    public async Task Sequence_model_takes_a_sample_as_a_frame()
    {
        byte[] samples = MemoryMarshal.AsBytes<float>([0.25f, 0.5f, 0.125f]).ToArray();
        Seqstream.Outcome run = await Seqstream.RunAsync(samples, "run", TestModels.Late, "--in", "f32le", "--rate", "1000", "--out", "text");

        Assert.Equal(["0.375", "0.65625", "0.375"], run.Lines);
    }

    [Fact]
    public async Task File_and_command_are_read_like_stdin()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, SoundFixture.Wav(SoundFixture.Bytes([.. Enumerable.Range(1, 4).Select(static i => (short)(i * 4096))]), 8000, 1));
        string[] expected = ["""{"step":0,"t":0,"y":[0.125,0.25]}""", """{"step":1,"t":0.00025,"y":[0.5,0.75]}"""];
        Seqstream.Outcome named = await Seqstream.RunAsync("", "run", TestModels.Null, "--in", "wav", "--feed", file);
        Seqstream.Outcome command = await Seqstream.RunAsync("", "run", TestModels.Null, "--in", "wav", "--feed", $"exec:cat '{file}'");
        Seqstream.Outcome plain = await Seqstream.RunAsync("", "run", TestModels.Null, "--rate", "8000", "--feed", $"exec:tail -c 8 '{file}'");
        File.Delete(file);

        foreach (Seqstream.Outcome run in (Seqstream.Outcome[])[named, command, plain])
        {
            Assert.Equal((0, ""), (run.ExitCode, run.Errors));
            Assert.Equal(expected, run.Lines);
        }
    }

    [Theory]
    [InlineData("keep", 100, 49)]
    [InlineData("reset", 100, 49)]
    [InlineData("fill", 150, 99)]
    public async Task Refused_samples_are_a_gap_and_the_policy_decides_what_the_memory_sees(string policy, int answers, int before)
    {
        float[] samples = [.. Enumerable.Repeat(0.5f, 300)]; // at 1000 Hz, pieces of 100 are read
        samples[150] = float.NaN;
        Seqstream.Outcome run = await Seqstream.RunAsync(MemoryMarshal.AsBytes<float>(samples).ToArray(), "run", TestModels.Null, "--in", "f32le", "--rate", "1000", "--on-gap", policy);
        JsonElement after = JsonDocument.Parse(run.Lines[before + 1]).RootElement;

        Assert.Equal(65, run.ExitCode);
        Assert.Equal(answers, run.Lines.Length);
        Assert.Equal(policy == "reset" ? 0 : before + 1, after.GetProperty("step").GetInt32());
        Assert.Equal(policy == "reset" ? 0.5 : 25.5, after.GetProperty("y")[0].GetDouble());
        Assert.Equal(0.2, after.GetProperty("t").GetDouble(), 6);
        Assert.Contains("stdin:101: found samples that are NaN or infinite, expected numbers. The block was left out; check the encoding or the source.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("stdin: 100 samples (0.1 s) were lost at 0.1 s: they were no numbers", run.Errors, StringComparison.Ordinal);
        Assert.Contains($"stdin: 1 gap, 100 samples lost, memory reset {(policy == "reset" ? "1 time" : "0 times")}", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kept_stream_listens_on_in_the_next_run(bool byCommand)
    {
        string folder = Directory.CreateTempSubdirectory("seqstream-kept-").FullName, file = Path.Combine(folder, "samples");
        await File.WriteAllBytesAsync(file, SoundFixture.Bytes([4096, 8192, 12288]));
        string[] options = ["run", TestModels.Null, "--state-dir", Path.Combine(folder, "state"), "--feed", byCommand ? $"exec:cat {file}" : "stdin", .. byCommand ? [] : (string[])["--in", "s16le"]];
        byte[] input = byCommand ? [] : await File.ReadAllBytesAsync(file);
        Seqstream.Outcome first = await Seqstream.RunAsync(input, options), second = await Seqstream.RunAsync(input, options);
        Directory.Delete(folder, recursive: true);

        Assert.Equal(("", ""), (first.Errors, second.Errors));
        Assert.Equal(["[0.125,0.25]"], first.Lines.Select(YOf));
        Assert.Equal(["[0.5,0.375]", "[0.75,0.75]"], second.Lines.Select(YOf));
    }

    public static TheoryData<int, string, string[]> Mistakes() => new()
    {
        { 2, "--rate is for sound, but the input is 'jsonl'. Name what the samples are, as in --in s16le or --in wav, or leave --rate out.", ["--rate", "8000"] },
        { 2, "--rate is 10; expected 1000 to 384000.", ["--in", "s16le", "--rate", "10"] },
        { 2, "--channels is 65; expected 1 to 64.", ["--in", "s16le", "--channels", "65"] },
        { 2, "--rate is 8000, but --in is 'wav': the file says its own rate and channels, and they are changed to what the model wants. Leave --rate out.", ["--in", "wav", "--rate", "8000"] },
        { 2, "--mix: 'middle' is no way to mix channels. Expected mean, left, right or a channel's number from 0 to 63.", ["--in", "wav", "--mix", "middle"] },
        { 2, "--feed is a source of sound, but --in is 'csv'. Expected wav, s16le,", ["--in", "csv", "--feed", "alsa:default"] },
        { 65, "stdin: the first bytes are none: the source is empty, expected RIFF and WAVE, the start of a WAV file. Check the command or the path.", ["--in", "wav"] },
        { 66, "/nowhere/at.wav", ["--in", "wav", "--feed", "/nowhere/at.wav"] },
        { 69, "The command 'no-such-recorder' cannot be started", ["--feed", "exec:no-such-recorder -q"] },
        { 69, "The command 'sh' ended with exit code 3 and said: no card. Expected it to run until it is stopped or to end with 0. Run it by hand to see what it lacks.", ["--feed", "exec:sh -c 'echo no card >&2; exit 3'"] },
        { 78, "The capture command 'cat \"x' has a quote that is not closed.", ["--feed", "exec:cat \"x"] },
        { 78, "'exec:' is no source of sound. Expected alsa:DEVICE", ["--feed", "exec:"] },
        { 78, "stdin has 16000 Hz, 1 channel, but channel 1 was asked for. Expected a number from 0 to 0, or mean.", ["--in", "s16le", "--mix", "right"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Mistake_is_told_with_its_remedy(int exitCode, string message, string[] options)
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("", ["run", TestModels.Null, .. options]);

        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith("seqstream: ", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("fault of SeqStream", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_with_another_header_is_refused_by_name()
    {
        Seqstream.Outcome wav = await Seqstream.RunAsync(SoundFixture.Wav(new byte[8], 16000, 1), "run", TestModels.Null, "--in", "s16le");
        Seqstream.Outcome flac = await Seqstream.RunAsync("fLaC and more of it", "run", TestModels.Null, "--in", "wav");

        Assert.Equal((65, 65), (wav.ExitCode, flac.ExitCode));
        Assert.Contains("stdin: the first bytes are those of a WAV file, expected plain samples. Read it as wav (--in wav), or cut the header off.", wav.Errors, StringComparison.Ordinal);
        Assert.Contains("those of a FLAC file, expected RIFF and WAVE, the start of a WAV file. Decode it first: ffmpeg", flac.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_that_takes_no_sound_is_refused_by_its_front_end()
    {
        Seqstream.Outcome text = await Seqstream.RunAsync(SoundFixture.Wav(new byte[8], 16000, 1), "run", "ner", "--in", "wav");
        Seqstream.Outcome rate = await Seqstream.RunAsync(SoundFixture.Wav(new byte[8], 16000, 1), "run", SoundFixture.Voice(), "--in", "wav", "--const", "sr=7");

        Assert.Equal((2, 2), (text.ExitCode, rate.ExitCode));
        Assert.Contains("Model 'ner' takes no sound: the front end of its card is 'word-window', expected log-mel, mfcc or samples with a 'rate', or a bare model. Feed it as its card says: --in text.", text.Errors, StringComparison.Ordinal);
        Assert.Contains("--const sr is 7; expected a sample rate from 1000 to 384000 Hz.", rate.Errors, StringComparison.Ordinal);
    }

    private static string YOf(string line) => JsonDocument.Parse(line).RootElement.GetProperty("y").GetRawText();

    private static string ValueOf(string line)
    {
        JsonElement record = JsonDocument.Parse(line).RootElement;
        return (record.TryGetProperty("y", out JsonElement y) ? y : record.GetProperty("outputs").GetProperty("output"))[0].GetRawText();
    }

    private static Task<byte[]> EchoAsync(byte[] input, params string[] options) => OutputAsync(TestModels.Echo, input, options);

    private static async Task<byte[]> OutputAsync(string model, byte[] input, params string[] options)
    {
        using System.Diagnostics.Process process = Seqstream.Start(["run", model, "--out", "f32", .. options]);
        using MemoryStream output = new();
        Task reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        await reading;
        Assert.Equal("", await errors);
        return output.ToArray();
    }
}
