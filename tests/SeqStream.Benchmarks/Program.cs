using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace SeqStream.Benchmarks;

/// <summary>Runs the suites: <c>dotnet run -c Release --project tests/SeqStream.Benchmarks -- --filter '*'</c>.</summary>
internal static class Program
{
    private static void Main(string[] arguments) => BenchmarkSwitcher
        .FromAssembly(typeof(Program).Assembly)
        .Run(arguments, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance)));
}
