using System.Globalization;
using SeqStream.TestSupport;

namespace SeqStream.Fuzzing;

/// <summary>
/// The fuzzer. <c>SEQSTREAM_FUZZ_SECONDS</c> says how long it runs (60 where CI is set, otherwise 5), <c>SEQSTREAM_FUZZ_SEED</c> where it begins (1), and
/// <c>SEQSTREAM_FUZZ_FOLDER</c> where inputs that fail are kept.
/// </summary>
public class FuzzTests
{
    [Fact]
    public void Changed_models_and_snapshots_are_refused_as_declared_or_run_within_the_budget()
    {
        double seconds = double.Parse(Setting("SEQSTREAM_FUZZ_SECONDS", Setting("CI", "") == "true" ? "60" : "5"), CultureInfo.InvariantCulture);
        int seed = int.Parse(Setting("SEQSTREAM_FUZZ_SEED", "1"), CultureInfo.InvariantCulture);
        FuzzRun run = new(seed, seconds, Setting("SEQSTREAM_FUZZ_FOLDER", Path.Combine(AppContext.BaseDirectory, "failures")));
        run.Run();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {run.Executions} inputs from {run.SeedModels} models, {run.InputsPerSecond:F0} a second, {run.Reached} different outcomes\n{run.Coverage()}"));
        Assert.True(run.Failures.Count == 0, string.Join("\n\n", run.Failures));
        Assert.True(run.Executions > run.SeedModels, "nothing was changed");
    }

    /// <summary><c>SEQSTREAM_FUZZ_REPLAY</c> names a kept input to run alone, with the number in its name.</summary>
    [Fact]
    public void A_kept_input_is_refused_as_declared_or_runs_within_the_budget()
    {
        string path = Setting("SEQSTREAM_FUZZ_REPLAY", "");
        if (path.Length == 0) return;
        double started = ThreadClock.Seconds();
        string reached = FuzzTarget.Run(File.ReadAllBytes(path), int.Parse(Path.GetFileNameWithoutExtension(path).Split('-')[^1], CultureInfo.InvariantCulture));
        Assert.True(ThreadClock.Seconds() - started < 1, string.Create(CultureInfo.InvariantCulture, $"{ThreadClock.Seconds() - started:F2} s: {reached}"));
    }

    private static string Setting(string name, string fallback) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : fallback;
}
