using System.Diagnostics;
using System.Text;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>Runs the built command line as a process, as a shell would.</summary>
internal static class Seqstream
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>The program built beside the tests.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "seqstream.exe" : "seqstream");

    /// <summary>Runs it with text on stdin.</summary>
    public static Task<Outcome> RunAsync(string input, params string[] arguments) => RunAsync(Encoding.UTF8.GetBytes(input), arguments);

    /// <summary>Runs it with bytes on stdin.</summary>
    public static async Task<Outcome> RunAsync(byte[] input, params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A process that refuses its command line does not read.
        }
        using CancellationTokenSource limit = new(s_limit);
        await process.WaitForExitAsync(limit.Token);
        return new Outcome(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts it with all three streams in the caller's hands.</summary>
    public static Process Start(params string[] arguments) => StartIn([], arguments);

    /// <summary>The same with variables in its environment.</summary>
    public static Process StartIn((string Name, string Value)[] environment, params string[] arguments)
    {
        ProcessStartInfo start = new(Path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = SharedFolder.Repository,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"'{Path}' did not start.");
    }

    /// <summary>Sends a signal, as <c>kill</c> does.</summary>
    public static async Task SignalAsync(Process process, string signal)
    {
        using Process kill = Process.Start("/bin/kill", ["-s", signal, FormattableString.Invariant($"{process.Id}")]);
        await kill.WaitForExitAsync();
    }

    /// <summary>What came of a run.</summary>
    public sealed record Outcome(int ExitCode, string Output, string Errors)
    {
        public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
