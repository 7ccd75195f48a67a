using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;

namespace SeqStream.Hosting.Configuration;

/// <summary>
/// Reads what <c>serve</c> is to do: a YAML file, over it environment variables (<c>SEQSTREAM__routes__activity__model</c>), over these the flags of the command line.
/// Every key and value is checked, and all problems are told at once.
/// </summary>
public static class DaemonConfiguration
{
    private static readonly TimeSpan s_longestRest = TimeSpan.FromDays(3650);

    /// <summary>Reads a configuration.</summary>
    /// <param name="path">The file.</param>
    /// <param name="variables">Environment variables, also those that mean nothing here.</param>
    /// <param name="flags">Flags of the command line with the keys that they stand for (dots between them) and their values.</param>
    /// <exception cref="ConfigurationException">It cannot be used; the message names every problem with its place.</exception>
    public static DaemonOptions Read(string path, IEnumerable<KeyValuePair<string, string>> variables, IEnumerable<(string Flag, string Key, string Value)> flags)
    {
        ConfigProblems problems = new();
        DaemonOptions? options = Gather(path, variables, flags, problems);
        problems.ThrowIfAny();
        return options!;
    }

    /// <summary>Reads a configuration; what can be read of one that has problems is given all the same, so that the rest of it can be checked too.</summary>
    internal static DaemonOptions? Gather(string path, IEnumerable<KeyValuePair<string, string>> variables, IEnumerable<(string Flag, string Key, string Value)> flags, ConfigProblems problems)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ConfigPlace(path), cause is FileNotFoundException or DirectoryNotFoundException
                ? "the file is absent. Give the path of a configuration in YAML."
                : $"the file cannot be read: {cause.Message} Give this user the right to read it.");
            return null;
        }
        if (new YamlNodes(path, problems).Read(text) is not { } root) return null;
        if (root.Kind is ConfigNodeKind.Text or ConfigNodeKind.List)
        {
            problems.Add(root.Place, "expected keys with values, such as 'routes:'.");
            return null;
        }
        root = EnvironmentTwins.Lay(root, variables);
        foreach ((string flag, string key, string value) in flags) root = EnvironmentTwins.Lay(root, flag, key.Split('.'), value);
        return Bind(new ConfigMap(root, "", root.Place, problems), problems);
    }

    private static DaemonOptions Bind(ConfigMap map, ConfigProblems problems)
    {
        DaemonOptions options = new()
        {
            StateDirectory = map.Text("state"),
            Http = Http(map),
            Ready = map.Choice("ready", ("connected", ReadyRule.Connected), ("lazy", ReadyRule.Lazy)) ?? ReadyRule.Connected,
            Map = map,
        };
        options = BindLog(map.Map("log"), BindBroker(map.Map("mqtt"), options));
        ConfigMap? routes = map.Map("routes");
        ImmutableArray<RouteOptions> bound = routes is null ? [] : [.. RouteBinder.Bind(routes, options, problems)];
        if (bound.IsEmpty && !map.Has("routes")) problems.Add(map.Place, "routes is missing; expected at least one route, a name with model, feed and sinks below it.");
        map.Complete();
        return options with { Routes = bound };
    }

    private static IPEndPoint? Http(ConfigMap map)
    {
        const string key = "http";
        if (map.Text(key) is not { } text) return null;
        string address = text.StartsWith("localhost:", StringComparison.Ordinal) ? "127.0.0.1" + text["localhost".Length..] : text;
        bool hasPort = address.LastIndexOf(':') > address.LastIndexOf(']') && address.LastIndexOf(':') > 0;
        if (!hasPort || !IPEndPoint.TryParse(address, out IPEndPoint? found))
        {
            map.Refuse(key, $"is '{text}'; expected an address with a port, such as 127.0.0.1:9464.");
            return null;
        }
        if (IPAddress.IsLoopback(found.Address)) return found;
        map.Refuse(key, $"is '{text}'; health and metrics are answered on this machine only. Use 127.0.0.1 or [::1], and a proxy with TLS and a token for others.");
        return null;
    }

    private static DaemonOptions BindLog(ConfigMap? map, DaemonOptions options)
    {
        if (map is null) return options;
        LogLevel? level = map.Choice("level", ("debug", LogLevel.Debug), ("information", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error));
        LogForm? form = map.Choice("format", ("auto", LogForm.Choose), ("text", LogForm.Text), ("journal", LogForm.Journal), ("json", LogForm.Json));
        map.Complete();
        return options with { LogLevel = level ?? options.LogLevel, LogForm = form ?? options.LogForm };
    }

    private static DaemonOptions BindBroker(ConfigMap? map, DaemonOptions options)
    {
        if (map is null) return options;
        options = options with { BrokerUser = map.Text("user"), BrokerPasswordFile = map.Text("password-file") };
        if (options.BrokerPasswordFile is { } file && !File.Exists(file)) map.Refuse("password-file", $"is '{file}', which is absent or may not be read. Correct the path or the file's rights.");
        map.Complete();
        return options;
    }

    /// <summary>Longest time that a setting of rest may name.</summary>
    internal static TimeSpan LongestRest => s_longestRest;
}
