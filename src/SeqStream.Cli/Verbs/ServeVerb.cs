using System.Collections;
using System.CommandLine;
using Microsoft.Extensions.Logging;
using SeqStream.Cli.Output;
using SeqStream.Hosting.Configuration;
using SeqStream.Hosting.Logging;
using SeqStream.Hosting.Supervision;
using SeqStream.Hosting.Systemd;
using SeqStream.Pipeline.Checkpoints;

namespace SeqStream.Cli.Verbs;

/// <summary><c>serve CONFIG</c>: the daemon, many routes in one process.</summary>
internal static class ServeVerb
{
    private static readonly Argument<string> s_config = new("CONFIG") { Description = "The configuration, a YAML file. Each key has an environment variable, such as SEQSTREAM__routes__NAME__model." };
    private static readonly Option<bool> s_check = new("--check") { Description = "Check the configuration, load its models, and end." };
    private static readonly Option<string?> s_state = new("--state") { Description = "State directory, instead of the configuration's.", HelpName = "DIR" };
    private static readonly Option<string?> s_http = new("--http") { Description = "Where health and metrics are answered, instead of the configuration's address.", HelpName = "ADDRESS:PORT" };
    private static readonly Option<bool> s_json = new("--json") { Description = "Log JSON, one object per line." };
    private static readonly Option<bool> s_quiet = new("--quiet", "-q") { Description = "Log warnings and errors only." };

    public static Command Create()
    {
        Command verb = new("serve", "Run many routes in one process until a signal ends it; SIGHUP reads the configuration again.");
        verb.Arguments.Add(s_config);
        foreach (Option option in new Option[] { s_check, s_state, s_http, s_json, s_quiet }) verb.Options.Add(option);
        verb.SetAction(static (parsed, _) => RunAsync(parsed));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        using DaemonStreams streams = new(Console.OpenStandardInput, StandardOutput.Open);
        LineLoggerProvider? log = null;
        DaemonSetup setup = new()
        {
            Path = parsed.GetRequiredValue(s_config),
            Streams = streams,
            Variables = Variables,
            Flags = Flags(parsed),
            NotifySocket = Environment.GetEnvironmentVariable("NOTIFY_SOCKET"),
            WatchdogPeriod = SystemdNotifier.WatchdogPeriod(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID")),
            LogLevelChanged = level => log!.Least = Least(parsed, level),
        };
        try
        {
            using Daemon daemon = Daemon.Create(setup);
            if (parsed.GetValue(s_check)) return Confirm(setup.Path, daemon.Options);
            using LineLoggerProvider provider = log = new LineLoggerProvider(Console.Error, FormOf(daemon.Options.LogForm), Least(parsed, daemon.Options.LogLevel), TimeProvider.System);
            return await DaemonHost.RunAsync(daemon, provider).ConfigureAwait(false) switch
            {
                null => ExitCode.Ok,
                ConfigurationException refused => Refuse(refused),
                { } failure when failure is RouteFailedException or TimeoutException or CheckpointException => Failure.ExitCodeOf(failure) ?? ExitCode.Failed,
                { } failure => Failure.Report(failure),
            };
        }
        catch (ConfigurationException refused)
        {
            return Refuse(refused);
        }
    }

    private static int Refuse(ConfigurationException refused)
    {
        foreach (ConfigProblem problem in refused.Problems) Console.Error.WriteLine($"seqstream: {problem}");
        return ExitCode.Configuration;
    }

    private static int Confirm(string path, DaemonOptions options)
    {
        using StreamWriter output = new(StandardOutput.Open());
        output.Write($"{path} is right: {string.Join(", ", options.Routes.Select(static route => $"{route.Name} ({route.Model})"))}\n");
        return ExitCode.Ok;
    }

    private static List<(string Flag, string Key, string Value)> Flags(ParseResult parsed)
    {
        List<(string, string, string)> flags = [];
        if (parsed.GetValue(s_state) is { } state) flags.Add((s_state.Name, "state", state));
        if (parsed.GetValue(s_http) is { } http) flags.Add((s_http.Name, "http", http));
        if (parsed.GetValue(s_json)) flags.Add((s_json.Name, "log.format", "json"));
        return flags;
    }

    private static LogForm FormOf(LogForm form)
    {
        if (form != LogForm.Choose) return form;
        return string.IsNullOrEmpty(Environment.GetEnvironmentVariable("JOURNAL_STREAM")) ? LogForm.Text : LogForm.Journal;
    }

    private static LogLevel Least(ParseResult parsed, LogLevel level) => parsed.GetValue(s_quiet) && level < LogLevel.Warning ? LogLevel.Warning : level;

    private static IEnumerable<KeyValuePair<string, string>> Variables()
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables()) yield return KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? "");
    }
}
