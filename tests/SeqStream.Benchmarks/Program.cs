using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace SeqStream.Benchmarks;

/// <summary>
/// Runs the suites: <c>dotnet run -c Release --project tests/SeqStream.Benchmarks -- --filter '*'</c>; or one of the measurements of whole routes:
/// <c>-- checkpoints</c>, <c>-- realtime STEPS</c>, <c>-- broker PORT</c> (a broker on this machine that keeps no messages back).
/// </summary>
internal static class Program
{
    private static async Task Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["checkpoints"]: CheckpointCost.Run(); break;
            case ["realtime", string steps, .. string[] rest]: RealTime.Run(int.Parse(steps, System.Globalization.CultureInfo.InvariantCulture), rest.ElementAtOrDefault(0), rest.ElementAtOrDefault(1)); break;
            case ["broker", string port]: await BrokerThroughput.RunAsync(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture)).ConfigureAwait(false); break;
            case [BrokerThroughput.SenderArgument, string port, string prefix, string count]: await BrokerThroughput.SendAsync(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), prefix, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture)).ConfigureAwait(false); break;
            default: BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance))); break;
        }
    }
}
