using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using SeqStream.Cells;
using SeqStream.Weights;

namespace SeqStream.Kernels;

/// <summary>
/// Reads the machine code of the inner loops. A kernel whose accumulators do not stay in registers, or that calls a method, still gives the right
/// numbers, several times slower, and silently: nothing but its code shows it.
/// </summary>
public sealed unsafe partial class GeneratedCodeTests
{
    private const string Driver = nameof(Every_kernel_of_this_machine_runs);

    [Fact]
    public void Every_kernel_of_this_machine_runs()
    {
        foreach (KernelChoice choice in KernelChoice.Available)
        {
            foreach (CellKind kind in (ReadOnlySpan<CellKind>)[CellKind.Lstm, CellKind.Gru])
            {
                foreach ((int input, int hidden) in (ReadOnlySpan<(int, int)>)[(1, 4), (1, 16), (8, 32), (40, 64), (64, 128), (8, 136), (128, 256)])
                {
                    LayerProblem problem = new(kind, 1, null, input, hidden);
                    RecurrentLayer.Pack(problem.Weights, problem.Options, choice).Prewarm(9);
                    foreach (WeightForm form in WeightForms.All) RecurrentLayer.Pack(problem.Weights.To(form), problem.Options, choice).Prewarm(9);
                }
            }
            foreach (int columns in (ReadOnlySpan<int>)[1, 5, 9, 17, 33, 70, 128, 140]) DenseLayer.Pack(new float[7 * columns], 7, columns, false, [], choice).Prewarm(7);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("DOTNET_EnableAVX512")]
    public void Sums_stay_in_registers_and_call_nothing(string switchedOff)
    {
        Assert.SkipWhen(
            typeof(RecurrentLayer).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true,
            "The library was built without optimisation; build with -c Release to check its machine code.");
        List<string> methods = [.. Listings(switchedOff)];
        Assert.True(methods.Count >= 10, $"Only {methods.Count} kernels were listed.");
        foreach (string method in methods)
        {
            string name = method[..method.IndexOf('\n', StringComparison.Ordinal)];
            foreach (string group in GroupLabel().Split(method)[2..]) // the first group saves registers
            {
                if (Return().IsMatch(group)) continue; // and the last one restores them
                Assert.False(Call().IsMatch(group), $"{name} calls a method:\n{group}");
                Assert.False(Spill().IsMatch(group), $"{name} keeps a vector on the stack:\n{group}");
            }
        }
    }

    /// <summary>The listings of all methods named Dot, from a run of this program that executes every kernel.</summary>
    private static IEnumerable<string> Listings(string switchedOff)
    {
        string file = Path.Combine(Path.GetTempPath(), $"seqstream-{Guid.NewGuid():N}.asm");
        string program = Path.Combine(AppContext.BaseDirectory, "SeqStream.Core.Tests" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        ProcessStartInfo start = new(program, ["-method", $"{typeof(GeneratedCodeTests).FullName}.{Driver}"]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_JitDisasm"] = "Dot";
        start.Environment["DOTNET_JitStdOutFile"] = file;
        if (switchedOff.Length > 0) start.Environment[switchedOff] = "0";
        try
        {
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, output);
            return File.ReadAllText(file).Split("; Assembly listing for method ")[1..].Where(static m => m.Contains("SeqStream.Kernels", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex(@"^G_M\d+_IG\d+:", RegexOptions.Multiline)]
    private static partial Regex GroupLabel();

    [GeneratedRegex(@"^\s+ret\b", RegexOptions.Multiline)]
    private static partial Regex Return();

    [GeneratedRegex(@"^\s+(call|blr?)\s", RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex(@"[xyz]mmword ptr \[r[sb]p|\b(str|ldr|stp|ldp)\s+q\d+,.*\[(sp|fp)", RegexOptions.Multiline)]
    private static partial Regex Spill();
}
