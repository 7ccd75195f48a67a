using System.Diagnostics;
using System.Runtime.InteropServices;
using SeqStream.Audio.Alsa;

namespace SeqStream.Cli.Tests;

/// <summary>P5: sound devices without hardware: ALSA's 'file' plugin plays a file into the capture side.</summary>
public sealed class DeviceSoundTests : IDisposable
{
    private const int Samples = 48_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-sound-").FullName;
    private readonly byte[] _file = SoundFixture.Bytes(SoundFixture.Noise(Samples));

    public DeviceSoundTests()
    {
        File.WriteAllBytes(Path.Combine(_folder, "tone.raw"), _file);
        File.WriteAllText(Configuration, $$"""
            pcm.tone { type file slave.pcm "nothing" file "/dev/null" infile "{{Path.Combine(_folder, "tone.raw")}}" format "raw" }
            pcm.nothing { type null }

            """);
    }

    private string Configuration => Path.Combine(_folder, "asound.conf");

    [Theory]
    [InlineData("alsa:tone")]
    [InlineData("exec:arecord -q -D tone -f S16_LE -r 16000 -c 1 -t raw -s 48000")]
    public async Task Captured_samples_equal_the_file_byte_for_byte(string feed)
    {
        Assert.SkipUnless(AlsaDevices.IsAvailable, "'libasound.so.2' is absent (Debian: apt-get install libasound2).");
        Assert.SkipUnless(feed.StartsWith("alsa:", StringComparison.Ordinal) || File.Exists("/usr/bin/arecord"), "'arecord' is absent (Debian: apt-get install alsa-utils).");
        using Process process = Seqstream.StartIn([("ALSA_CONFIG_PATH", Configuration)], "run", TestModels.Echo, "--feed", feed, "--out", "f32");
        byte[] captured = new byte[Samples * sizeof(float)];
        await process.StandardOutput.BaseStream.ReadExactlyAsync(captured);
        process.StandardOutput.Close(); // the device would go on with silence
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(_file, SoundFixture.Bytes([.. MemoryMarshal.Cast<byte, float>(captured).ToArray().Select(static sample => (short)(sample * 32768))]));
        Assert.Equal((0, ""), (process.ExitCode, errors));
    }

    [Fact]
    public async Task Device_that_is_not_there_is_unavailable_and_others_are_named()
    {
        Assert.SkipUnless(AlsaDevices.IsAvailable, "'libasound.so.2' is absent (Debian: apt-get install libasound2).");
        Seqstream.Outcome run = await Seqstream.RunAsync("", "run", TestModels.Null, "--feed", "alsa:hw:99,0");

        Assert.Equal(69, run.ExitCode);
        Assert.StartsWith("seqstream: Sound device 'hw:99,0': opening it failed: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Known capture devices: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Name one of them as alsa:NAME, plug the device in, or join the group 'audio'.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_is_stopped_with_the_run()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        string mark = Path.Combine(_folder, "pid");
        using Process process = Seqstream.Start("run", TestModels.Echo, "--feed", $"exec:sh -c 'echo $$ > {mark}; head -c 320 /dev/zero; exec sleep 600'");
        Assert.StartsWith("{\"step\":0,", await process.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        using Process command = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(mark), System.Globalization.CultureInfo.InvariantCulture));
        await Seqstream.SignalAsync(process, "TERM");
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await command.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(143, process.ExitCode);
        Assert.True(command.HasExited);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
