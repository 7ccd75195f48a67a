using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>A daemon listens to files, commands and pipes as the filter does.</summary>
public sealed class ServeSoundTests
{
    [Fact]
    public async Task Sound_of_a_file_a_command_and_a_pipe_is_answered_as_by_run()
    {
        byte[] speech = SoundFixture.Speech[..300_000];
        using ServedDaemon daemon = new($$"""
            routes:
              file:
                model: {{SoundFixture.Voice()}}
                feed: {folder}/speech.wav
                in: wav
                sink: {folder}/file.jsonl
              command:
                model: {{SoundFixture.Voice()}}
                feed: exec:cat {folder}/speech.s16
                sound: { rate: 16000 }
                sink: {folder}/command.jsonl
              pipe:
                model: {{SoundFixture.Voice()}}
                feed: stdin
                in: s16le
                sound: { rate: 16000, channels: 2, mix: right }
                sink: {folder}/pipe.jsonl
            """);
        byte[] samples = speech[44..];
        string wav = Path.Combine(daemon.Folder, "speech.wav");
        File.WriteAllBytes(wav, SoundFixture.Wav(samples, 16000, 1));
        File.WriteAllBytes(Path.Combine(daemon.Folder, "speech.s16"), samples);
        byte[] pair = [.. Enumerable.Range(0, samples.Length / 2).SelectMany(i => new byte[] { 1, 2, samples[2 * i], samples[2 * i + 1] })];
        Seqstream.Outcome run = await Seqstream.RunAsync(File.ReadAllBytes(wav), "run", SoundFixture.Voice(), "--in", "wav");

        daemon.Start();
        await daemon.Process.StandardInput.BaseStream.WriteAsync(pair);
        daemon.Process.StandardInput.Close();
        Assert.Equal(0, await daemon.ExitAsync());

        Assert.True(run.Lines.Length > 100);
        foreach (string route in new[] { "file", "command", "pipe" }) Assert.Equal(run.Lines, File.ReadAllLines(Path.Combine(daemon.Folder, $"{route}.jsonl")));
    }

    [Fact]
    public async Task Wrong_sound_is_told_with_its_place_before_anything_starts()
    {
        using ServedDaemon daemon = new($$"""
            routes:
              mixed: { model: {{SoundFixture.Voice()}}, feed: "exec:cat x", sink: stdout, sound: { rate: 12, mix: centre } }
              words: { model: ner, feed: "alsa:default", sink: stdout }
              lines: { model: names, feed: stdin, in: jsonl, sound: { rate: 8000 }, sink: stdout }
              piped: { model: {{SoundFixture.Voice()}}, feed: "exec:cat x.wav", in: wav, sink: stdout }
            """);
        daemon.Start(null, false, "--check");

        Assert.Equal(78, await daemon.ExitAsync());
        Assert.Contains("config.yaml:2:", daemon.Log, StringComparison.Ordinal);
        Assert.Contains("routes.mixed.sound.rate is '12'; expected a whole number from", daemon.Log, StringComparison.Ordinal);
        Assert.Contains("routes.mixed.sound.mix is 'centre'; expected mean, left, right, or a channel's number from 0.", daemon.Log, StringComparison.Ordinal);
        Assert.Contains("Model 'ner' takes no sound", daemon.Log, StringComparison.Ordinal);
        Assert.Contains("the key 'sound' is for sound, but the records are 'jsonl'", daemon.Log, StringComparison.Ordinal);
        Assert.Contains("'in' is 'wav', whose rate is known only when it comes", daemon.Log, StringComparison.Ordinal);
    }
}
