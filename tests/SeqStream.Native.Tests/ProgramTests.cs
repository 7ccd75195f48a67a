using System.Diagnostics;
using System.Text;
using SeqStream.TestSupport;

namespace SeqStream.Native.Tests;

/// <summary>The program without .NET does what the one with .NET does.</summary>
public sealed class ProgramTests
{
    private static readonly string s_native = "seqstream";

    [Theory]
    [InlineData("run activity --in csv --out jsonl", "activity")]
    [InlineData("run ner --in text --out text", "ner")]
    [InlineData("run toxic --in text --out jsonl", "toxic")]
    [InlineData("run translate-fr-en --in text --out text", "translate-fr-en")]
    [InlineData("generate names --count 5 --seed 7 --prompt ma", "")]
    [InlineData("generate sketch --class fish --seed 5", "")]
    [InlineData("generate music --seed 4 --max-steps 60", "")]
    [InlineData("inspect names", "")]
    [InlineData("inspect names --json", "")]
    [InlineData("inspect activity --plan", "")]
    [InlineData("explain ner", "")]
    [InlineData("explain speech-tags --json", "")]
    [InlineData("models", "")]
    [InlineData("models --json", "")]
    [InlineData("demo activity --fast", "")]
    public void Verb_writes_what_it_writes_on_NET(string command, string input)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(input switch { "" => "", "activity" => Samples.Rows("activity"), _ => Samples.Text(input) });
        NativeBuild.Outcome native = Run(command, bytes), managed = NativeBuild.Run(Samples.ManagedProgram, command.Split(' '), bytes);

        Assert.Equal((managed.ExitCode, managed.Errors), (native.ExitCode, native.Errors));
        Assert.NotEqual("", managed.Output);
        Assert.Equal(managed.Output, native.Output);
    }

    [Theory]
    [InlineData("run no-such-model", 66)]
    [InlineData("run activity --in nonsense", 2)]
    [InlineData("frobnicate", 2)]
    [InlineData("--help", 0)]
    [InlineData("--version", 0)]
    public void Mistakes_end_as_on_NET(string command, int exitCode)
    {
        NativeBuild.Outcome native = Run(command, []), managed = NativeBuild.Run(Samples.ManagedProgram, command.Split(' '), []);

        Assert.Equal(exitCode, native.ExitCode);
        Assert.Equal(managed.Errors, native.Errors);
    }

    [Fact]
    public void Bench_and_doctor_tell_of_this_machine()
    {
        Assert.Contains("\"model\"", Run("bench activity --batch 1 --rounds 1 --json", []).Output, StringComparison.Ordinal);
        NativeBuild.Outcome doctor = Run("doctor", []);
        Assert.Equal(0, doctor.ExitCode);
        string best = KernelsOf(NativeBuild.Run(Samples.ManagedProgram, ["doctor"]).Output)[0].Split(',')[0];
        Assert.Equal($"{best}, Scalar", KernelsOf(doctor.Output)[0]);   // a level has its own kernels alone
    }

    [Fact]
    public void Streams_are_kept_in_a_state_directory()
    {
        string folder = Directory.CreateTempSubdirectory("seqstream-native-state-").FullName;
        byte[] first = Encoding.UTF8.GetBytes("""{"stream":"a","text":"Ada Lovelace was born in Lon"}""" + "\n"), second = Encoding.UTF8.GetBytes("""{"stream":"a","text":"don in 1815. Her mother taught her mathematics. "}""" + "\n");
        NativeBuild.Outcome begun = Run($"run ner --in jsonl --state-dir {folder}", first), goneOn = Run($"run ner --in jsonl --state-dir {folder}", second), list = Run($"state list --state-dir {folder}", []);

        Assert.Equal("", begun.Errors + goneOn.Errors + list.Errors);
        Assert.Contains("a\tLondon\t", goneOn.Output, StringComparison.Ordinal);
        Assert.Contains("a ", list.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Libraries_and_programs_keep_to_their_sizes()
    {
        Assert.All(Directory.GetFiles(Path.Combine(NativeBuild.Folder, "lib"), "libseqstream*.so"), static file => Assert.InRange(new FileInfo(file).Length, 1, 6_000_000));
        Assert.All(Directory.GetFiles(Path.Combine(NativeBuild.Folder, "bin"), "seqstream*"), static file => Assert.InRange(new FileInfo(file).Length, 1, 16_000_000));
    }

    [Fact]
    public async Task Daemon_serves_its_routes_and_keeps_their_streams()
    {
        string folder = Directory.CreateTempSubdirectory("seqstream-native-serve-").FullName, config = Path.Combine(folder, "config.yaml");
        using Mosquitto broker = Mosquitto.Start();
        await File.WriteAllTextAsync(config, $"state: {folder}/state\nroutes:\n  moves: {{model: activity, feed: \"{broker.Uri}/sensors/{{stream}}?qos=1&client=native-daemon\", sink: \"{folder}/moves.jsonl\"}}\n", TestContext.Current.CancellationToken);
        Assert.Equal($"{config} is right: moves (activity)\n", Run($"serve --check {config}", []).Output);
        using Process daemon = Process.Start(new ProcessStartInfo(Program, ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = SharedFolder.Repository })!;
        try
        {
            Task<string> log = daemon.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            while (!daemon.HasExited && !(File.Exists($"{folder}/moves.jsonl") && new FileInfo($"{folder}/moves.jsonl").Length > 0))
            {
                NativeBuild.Run("mosquitto_pub", ["-p", $"{broker.Port}", "-q", "1", "-t", "sensors/ada", "-m", "[39.25,0.43,22.75,0.43,33.75,1.30]"]);
                await Task.Delay(200, TestContext.Current.CancellationToken);
            }
            Mosquitto.Signal(daemon.Id, "TERM");
            await daemon.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

            Assert.True(daemon.ExitCode == 0, await log);
            Assert.StartsWith("{\"stream\":\"ada\",\"step\":", await File.ReadAllTextAsync($"{folder}/moves.jsonl", TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.Contains("moves  ada ", Run($"state list --state-dir {folder}/state", []).Output, StringComparison.Ordinal);
        }
        finally
        {
            if (!daemon.HasExited) daemon.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task Broker_is_fed_from_and_answered()
    {
        using Mosquitto broker = Mosquitto.Start();
        ProcessStartInfo start = new(Program, ["run", "activity", "--feed", $"{broker.Uri}/sensors/{{stream}}/rss?qos=1&client=native", "--sink", $"{broker.Uri}/activity/{{stream}}"]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = SharedFolder.Repository };
        using Process heard = Process.Start(new ProcessStartInfo("mosquitto_sub", ["-p", $"{broker.Port}", "-t", "activity/#", "-v", "-C", "2", "-W", "60"]) { RedirectStandardOutput = true })!;
        using Process program = Process.Start(start)!;
        try
        {
            // Published again and again until both have subscribed: whoever comes late misses what was said before.
            Task<string> said = heard.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            while (!said.IsCompleted && !program.HasExited)
            {
                NativeBuild.Run("mosquitto_pub", ["-p", $"{broker.Port}", "-q", "1", "-t", "sensors/ada/rss", "-m", "[39.25,0.43,22.75,0.43,33.75,1.30]"]);
                await Task.WhenAny(said, Task.Delay(300, TestContext.Current.CancellationToken));
            }
            Assert.False(program.HasExited);
            Assert.StartsWith("activity/ada {\"stream\":\"ada\",\"step\":", await said, StringComparison.Ordinal);
        }
        finally
        {
            program.Kill(entireProcessTree: true);
        }
    }

    private static string Program => Path.Combine(NativeBuild.Folder, "bin", s_native);

    private static NativeBuild.Outcome Run(string command, byte[] input) => NativeBuild.Run(Program, command.Split(' '), input);

    private static string[] KernelsOf(string doctor) => [.. doctor.Split('\n').Where(static line => line.StartsWith("kernels available", StringComparison.Ordinal))];
}
