using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary><c>tools/install/install</c> into a folder instead of the machine.</summary>
public sealed class InstallTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("seqstream-root-").FullName;
    private readonly string _build = Directory.CreateTempSubdirectory("seqstream-build-").FullName;

    public InstallTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "systemd services are for Linux.");
        Publish("1");
    }

    [Fact]
    public void Program_models_unit_and_configuration_are_put_in_place_once()
    {
        (int exitCode, string first) = Install("--root", _root, "--prefix", "/usr", "--from", _build);
        string config = Path.Combine(_root, "etc/seqstream/seqstream.yaml"), unit = Path.Combine(_root, "etc/systemd/system/seqstream.service");
        Assert.Equal((0, true), (exitCode, first.Contains("Installed.", StringComparison.Ordinal)));
        Assert.Equal("1\n", Run(Path.Combine(_root, "usr/bin/seqstream")).Output);
        Assert.True(File.Exists(Path.Combine(_root, "usr/lib/seqstream/models/activity/card.json")));
        Assert.Contains("ExecStart=/usr/bin/seqstream serve /etc/seqstream/seqstream.yaml\n", File.ReadAllText(unit), StringComparison.Ordinal);
        File.AppendAllText(config, "# mine\n");
        Publish("2");
        (exitCode, string second) = Install("--root", _root, "--prefix", "/usr", "--from", _build);

        Assert.Equal(0, exitCode);
        Assert.Equal("2\n", Run(Path.Combine(_root, "usr/bin/seqstream")).Output);
        Assert.EndsWith("# mine\n", File.ReadAllText(config), StringComparison.Ordinal);
        Assert.DoesNotContain("seqstream.service", second.Split("Installed.")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Dry_run_says_what_would_be_done_and_does_nothing()
    {
        (int exitCode, string output) = Install("--root", _root, "--from", _build, "--dry-run");

        Assert.Equal(0, exitCode);
        Assert.Contains($"ln -sfn ../lib/seqstream/seqstream {_root}/usr/local/bin/seqstream", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_root));
    }

    [Theory]
    [InlineData(2, "there is no option '--perfix'.", "--perfix", "/usr")]
    [InlineData(2, "--prefix needs a folder.", "--prefix")]
    [InlineData(2, "--prefix is 'usr'; expected a path that begins with '/'.", "--prefix", "usr")]
    [InlineData(66, "--from is '/absent', but there is no program 'seqstream' in it.", "--from", "/absent")]
    public void Wrong_option_is_told(int exitCode, string message, params string[] arguments)
    {
        (int code, string output) = Install(arguments);

        Assert.Equal(exitCode, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Unit_exposes_little()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not installed. Install it (Debian: apt-get install systemd).");
        Install("--root", _root, "--prefix", "/usr", "--from", _build);
        string report = Run("/usr/bin/systemd-analyze", "security", "--offline=true", "--no-pager", $"--root={_root}", "seqstream.service").Output;
        Match level = Regex.Match(report, "Overall exposure level for seqstream.service: ([0-9.]+)");

        Assert.True(level.Success, report);
        Assert.InRange(double.Parse(level.Groups[1].Value, CultureInfo.InvariantCulture), 0, 2.0);
    }

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        Directory.Delete(_build, recursive: true);
    }

    private void Publish(string version)
    {
        string program = Path.Combine(_build, "seqstream");
        File.WriteAllText(program, $"#!/bin/sh\necho {version}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static (int ExitCode, string Output) Install(params string[] arguments) => Run(Path.Combine(SharedFolder.Repository, "tools/install/install"), arguments);

    private static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
