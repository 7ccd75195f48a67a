using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SeqStream.Audio.Alsa;

/// <summary>P5: the machine's own libasound, without hardware: ALSA's 'file' plugin plays a file into the capture side.</summary>
public sealed partial class AlsaLibraryTests : IDisposable
{
    private const string Variable = "ALSA_CONFIG_PATH";
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-alsa-").FullName;

    [Fact]
    public async Task Captured_samples_equal_the_file_byte_for_byte()
    {
        RequireLibrary();
        short[] samples = Tone.Noise(40_000, 21);
        string device = Device("tone", samples);
        await using AlsaAudioSource source = new(new AlsaOptions { Device = device });
        Assert.Equal(new AudioFormat(16000, 1), await source.OpenAsync(CancellationToken.None));
        List<short> captured = [];
        float[] block = new float[1600];
        while (captured.Count < samples.Length)
        {
            AudioRead read = await source.ReadAsync(block, CancellationToken.None);
            captured.AddRange(block[..read.SampleFrames].Select(static sample => (short)(sample * 32768)));
        }
        Assert.Equal(samples, captured[..samples.Length]);
        Assert.Equal(default, source.Counters);
    }

    [Fact]
    public async Task Command_of_ALSA_gives_the_same_bytes()
    {
        RequireLibrary();
        Assert.SkipUnless(File.Exists("/usr/bin/arecord"), "'arecord' is absent (Debian: apt-get install alsa-utils).");
        short[] samples = Tone.Noise(16_000, 22);
        string device = Device("recorded", samples);
        FeedRun run = await FeedRun.OfAsync(AudioFeeds.FromUri(
            $"exec:env {Variable}={Configuration} arecord -q -D {device} -f S16_LE -r 16000 -c 1 -t raw -s 16000 -", "S16_LE", new AudioFormat(16000, 1)));
        Assert.Equal(Tone.Floats(samples), run.Samples);
    }

    [Fact]
    public async Task Device_that_is_not_there_is_an_error_and_ALSA_says_nothing_itself()
    {
        RequireLibrary();
        await using AlsaAudioSource source = new(new AlsaOptions { Device = "hw:99,0" });
        AudioException error = await Assert.ThrowsAsync<AudioException>(async () => await source.OpenAsync(CancellationToken.None));
        Assert.StartsWith("Sound device 'hw:99,0': opening it failed: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("plug the device in, or join the group 'audio'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_are_listed()
    {
        RequireLibrary();
        foreach (AlsaDevice device in AlsaDevices.List()) Assert.NotEmpty(device.Name);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Configuration => Path.Combine(_folder, "asound.conf");

    private static void RequireLibrary()
        => Assert.SkipUnless(AlsaDevices.IsAvailable, "'libasound.so.2' is absent (Debian: apt-get install libasound2).");

    /// <summary>A device of a fresh name that captures the samples, then silence.</summary>
    private string Device(string name, short[] samples)
    {
        string file = Path.Combine(_folder, name + ".raw");
        File.WriteAllBytes(file, Tone.Bytes(samples));
        File.WriteAllText(Configuration, $$"""
            pcm.{{name}} { type file slave.pcm "null_of_{{name}}" file "/dev/null" infile "{{file}}" format "raw" }
            pcm.null_of_{{name}} { type null }

            """);
        _ = SetVariable(Variable, Configuration, 1);
        return name;
    }

    /// <summary>ALSA reads the environment of the process, which .NET keeps a copy of.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
