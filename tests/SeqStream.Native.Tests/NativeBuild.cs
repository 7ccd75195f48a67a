using System.Diagnostics;
using SeqStream.TestSupport;

namespace SeqStream.Native.Tests;

/// <summary>What <c>tools/build-native</c> makes: the library of the best level and of the lowest, the program of the best, examples, and the C programs of the tests.</summary>
internal static class NativeBuild
{
    /// <summary>Names a folder that holds a finished build; without it the tests build one.</summary>
    private const string FolderVariable = "SEQSTREAM_NATIVE";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(9);
    private static readonly Lazy<string> s_folder = new(Build);
    private static readonly Lazy<string> s_programs = new(Compile);

    /// <summary>The build's folder; the test is skipped where nothing can link it.</summary>
    public static string Folder
    {
        get
        {
            Require("gcc");
            return s_folder.Value;
        }
    }

    /// <summary>A compiled C program of the tests.</summary>
    public static string TestProgram(string name)
    {
        Require("gcc");
        return Path.Combine(s_programs.Value, name);
    }

    /// <summary>Skips the test where a program is absent.</summary>
    public static void Require(string program)
        => Assert.SkipUnless(Find(program), $"'{program}' is not installed. Install it (Debian: apt-get install gcc g++) and try again.");

    /// <summary>Runs a program to its end.</summary>
    public static Outcome Run(string program, string[] arguments, byte[]? input = null, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = SharedFolder.Repository };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.BaseStream.Write(input ?? []);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A program that ends early does not read.
        }
        if (process.WaitForExit(s_limit)) return new Outcome(process.ExitCode, output.Result, errors.Result);
        process.Kill(entireProcessTree: true);
        throw new TimeoutException($"'{program} {string.Join(' ', arguments)}' did not end within {s_limit}.");
    }

    private static bool Find(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string Build()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } given) return Path.GetFullPath(given, SharedFolder.Repository);
        string folder = Path.Combine(SharedFolder.Repository, "artifacts", "native"), script = Path.Combine(SharedFolder.Repository, "tools", "build-native");
        foreach (string[] arguments in new string[][] { ["--levels", "best baseline", "--no-program"], ["--levels", "best", "--no-library"] })
        {
            Outcome built = Run(script, ["--out", folder, .. arguments]);
            if (built.ExitCode != 0) throw new InvalidOperationException($"tools/build-native ended with {built.ExitCode}:\n{built.Errors}{built.Output}");
        }
        return folder;
    }

    private static string Compile()
    {
        string programs = Path.Combine(s_folder.Value, "tests");
        Directory.CreateDirectory(programs);
        foreach (string source in Directory.EnumerateFiles(Path.Combine(SharedFolder.Repository, "tests", "SeqStream.Native.Tests", "c"), "*.c"))
        {
            string program = Path.Combine(programs, Path.GetFileNameWithoutExtension(source));
            Outcome compiled = Run("gcc", ["-std=gnu99", "-O2", "-Wall", "-Wextra", "-Werror", $"-I{s_folder.Value}/include", source, "-o", program, $"-L{s_folder.Value}/lib", "-lseqstream", "-lm", "-pthread", "-Wl,-rpath,$ORIGIN/../lib"]);
            if (compiled.ExitCode != 0) throw new InvalidOperationException(compiled.Errors);
        }
        return programs;
    }

    /// <summary>How a program ended and what it wrote.</summary>
    internal sealed record Outcome(int ExitCode, string Output, string Errors)
    {
        public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
