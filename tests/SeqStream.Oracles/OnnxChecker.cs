using System.Diagnostics;

namespace SeqStream.Oracles;

/// <summary>ONNX's own checker with strict shape inference, in a Python process. It knows the operators of its version and nothing of SeqStream.</summary>
internal static class OnnxChecker
{
    private const string Script = """
        import sys, onnx
        for path in sys.argv[1:]:
            model = onnx.load(path)
            try:
                onnx.checker.check_model(model, full_check=True)
                onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
            except Exception as fault:
                print(path, fault)
        """;

    private static readonly string[] s_programs = ["python3", "/usr/bin/python3", "python"];
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>The Python with the package; skips the test where there is none.</summary>
    public static string Require()
    {
        string? program = s_programs.FirstOrDefault(static program => Run(program, ["-c", "import onnx"]) is { ExitCode: 0 });
        Assert.SkipWhen(program is null, "No Python with the package 'onnx' was found. Install it (Debian: apt-get install python3-onnx) and run the test again.");
        return program!;
    }

    /// <summary>What the checker has against the files; empty if nothing.</summary>
    public static string Check(string program, IEnumerable<string> files)
    {
        (int ExitCode, string Output)? run = Run(program, ["-c", Script, .. files]);
        Assert.True(run is not null, $"'{program}' did not start.");
        return run.Value.ExitCode == 0 ? run.Value.Output.Trim() : $"exit code {run.Value.ExitCode}: {run.Value.Output}";
    }

    private static (int ExitCode, string Output)? Run(string program, string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            Assert.True(process.WaitForExit(s_limit), $"'{program}' did not end.");
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
