using System.Diagnostics;
using SeqStream.Audio.Alsa;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>What the README shows of sound works as it stands there, without hardware: the default device plays the recording in, and a program named ffmpeg that knows the README's line gives its samples.</summary>
public sealed class ReadMeSoundTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-readme-").FullName;

    public static TheoryData<string> Commands() => [.. File.ReadAllLines(Path.Combine(SharedFolder.Repository, "README.md")).Where(static line => line.Contains("silero_vad.onnx", StringComparison.Ordinal) && line.Contains("seqstream run", StringComparison.Ordinal) && !line.Contains('`', StringComparison.Ordinal))];

    [Fact]
    public void Readme_shows_five_ways_to_listen() => Assert.Equal(5, Commands().Count);

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_of_the_readme_hears_the_recording(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The README's commands are for a Unix shell.");
        Assert.SkipWhen(command.Contains("alsa:", StringComparison.Ordinal) && !AlsaDevices.IsAvailable, "'libasound.so.2' is absent (Debian: apt-get install libasound2).");
        Assert.SkipWhen(command.Contains("arecord", StringComparison.Ordinal) && !File.Exists("/usr/bin/arecord"), "'arecord' is absent (Debian: apt-get install alsa-utils).");
        Prepare();
        ProcessStartInfo shell = new("/bin/bash", ["-c", $"({command}) | head -3"]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        shell.Environment["PATH"] = $"{_folder}:{Path.GetDirectoryName(Seqstream.Path)}:{Environment.GetEnvironmentVariable("PATH")}";
        shell.Environment["ALSA_CONFIG_PATH"] = Path.Combine(_folder, "asound.conf");
        using Process process = Process.Start(shell)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        string[] errors = (await process.StandardError.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.DoesNotContain(errors, static line => line.StartsWith("seqstream", StringComparison.Ordinal)); // a recorder may complain that nobody listens any more
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("""{"step":0,"t":0,"y":[0.2083""", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("""{"step":1,"t":0.032,"y":[0.8179""", lines[1], StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Prepare()
    {
        byte[] speech = SoundFixture.Speech;
        string samples = Path.Combine(_folder, "speech.raw");
        File.CreateSymbolicLink(Path.Combine(_folder, "silero_vad.onnx"), SoundFixture.Voice());
        File.WriteAllBytes(Path.Combine(_folder, "speech.wav"), speech);
        File.WriteAllBytes(samples, speech[44..]);
        File.WriteAllText(Path.Combine(_folder, "asound.conf"), $$"""
            pcm.!default { type file slave.pcm "nothing" file "/dev/null" infile "{{samples}}" format "raw" }
            pcm.nothing { type null }

            """);
        string ffmpeg = Path.Combine(_folder, "ffmpeg");
        File.WriteAllText(ffmpeg, $"#!/bin/sh\n[ \"$*\" = '-nostdin -loglevel error -i talk.mp3 -f s16le -ac 1 -ar 16000 -' ] && exec cat '{samples}'\nexit 1\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(ffmpeg, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
