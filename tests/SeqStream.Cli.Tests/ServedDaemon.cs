using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http;
using System.Text;
using System.Text.RegularExpressions;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>A running <c>seqstream serve</c> with a folder of its own that holds its configuration; ended with the test.</summary>
internal sealed partial class ServedDaemon : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly HttpClient s_http = new() { Timeout = s_patience };
    private readonly ConcurrentQueue<string> _log = new();
    private Process? _process;

    public ServedDaemon(string configuration) => Configure(configuration);

    public string Folder { get; } = Directory.CreateTempSubdirectory("seqstream-serve-").FullName;

    public string ConfigPath => Path.Combine(Folder, "config.yaml");

    public Process Process => _process!;

    public string Log => string.Join('\n', _log);

    /// <summary>Writes the configuration; <c>{folder}</c> is the daemon's own folder.</summary>
    public void Configure(string configuration) => File.WriteAllText(ConfigPath, configuration.Replace("{folder}", Folder, StringComparison.Ordinal));

    /// <summary>Starts it.</summary>
    /// <param name="environment">Variables to add; a null value removes one.</param>
    /// <param name="clears">True to begin with no variables at all.</param>
    /// <param name="arguments">More arguments.</param>
    public ServedDaemon Start(Dictionary<string, string?>? environment = null, bool clears = false, params string[] arguments)
    {
        ProcessStartInfo start = new(Seqstream.Path, ["serve", ConfigPath, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = SharedFolder.Repository,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (clears) start.Environment.Clear();
        foreach ((string name, string? value) in environment ?? []) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
        return this;
    }

    /// <summary>Waits until the log holds a text so many times.</summary>
    public async Task<ServedDaemon> UntilLogAsync(string text, int times = 1)
    {
        long deadline = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        while (_log.Count(line => line.Contains(text, StringComparison.Ordinal)) < times)
        {
            if (Environment.TickCount64 > deadline || _process!.HasExited && !await HasLoggedAsync(text)) throw new TimeoutException($"The daemon did not log '{text}':\n{Log}");
            await Task.Delay(5);
        }
        return this;
    }

    public void Signal(string name) => Mosquitto.Signal(Process.Id, name);

    /// <summary>Waits until it has ended; answers the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        await Process.WaitForExitAsync().WaitAsync(s_patience);
        return Process.ExitCode;
    }

    /// <summary>Sends a signal and waits until it has ended.</summary>
    public Task<int> EndAsync(string signal = "TERM")
    {
        Signal(signal);
        return ExitAsync();
    }

    /// <summary>Where it answers, as its log says.</summary>
    public async Task<Uri> HttpAsync()
    {
        await UntilLogAsync("Health and metrics are at");
        return new Uri(Address().Match(Log).Value);
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string accept = "*/*")
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(await HttpAsync(), path));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await s_http.SendAsync(request);
    }

    /// <summary>A metric of a route, NaN if it is absent.</summary>
    public async Task<double> MetricAsync(string name, string route)
    {
        using HttpResponseMessage answer = await GetAsync("/metrics");
        string? line = (await answer.Content.ReadAsStringAsync()).Split('\n').FirstOrDefault(line => line.StartsWith($"{name}{{route=\"{route}\"}} ", StringComparison.Ordinal));
        return line is null ? double.NaN : double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task UntilMetricAsync(string name, string route, double atLeast)
    {
        long deadline = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        double value;
        while (!((value = await MetricAsync(name, route)) >= atLeast))
        {
            if (Environment.TickCount64 > deadline) throw new TimeoutException($"{name} of {route} is {value}, not {atLeast}:\n{Log}");
            await Task.Delay(20);
        }
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<bool> HasLoggedAsync(string text)
    {
        await Process.WaitForExitAsync();
        return _log.Any(line => line.Contains(text, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"http://[^/\s]+")]
    private static partial Regex Address();
}
