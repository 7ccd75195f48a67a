using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SeqStream.Hosting.Supervision;

/// <summary>Runs a daemon in a generic host that knows nothing else: signals, the log and the daemon.</summary>
public static class DaemonHost
{
    private static readonly TimeSpan s_shutdownLimit = TimeSpan.FromSeconds(10);

    /// <summary>Runs until the daemon has ended.</summary>
    /// <param name="daemon">The daemon; stays the caller's.</param>
    /// <param name="log">Where its log goes; stays the caller's.</param>
    /// <returns>What it ended of; null if it ended as it should.</returns>
    public static async Task<Exception?> RunAsync(Daemon daemon, ILoggerProvider log)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "seqstream", ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug).AddFilter("Microsoft", LogLevel.None);
        builder.Services.AddSingleton(daemon);
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        builder.Services.AddSingleton<DaemonService>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<DaemonService>());
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = s_shutdownLimit);
        using IHost host = builder.Build();
        DaemonService service = host.Services.GetRequiredService<DaemonService>();
        await host.RunAsync().ConfigureAwait(false);
        bool isOver = service.ExecuteTask is null or { IsCompleted: true };
        return service.Failure ?? (isOver ? null : new TimeoutException($"The daemon had not ended after {s_shutdownLimit.TotalSeconds:0} s."));
    }
}
