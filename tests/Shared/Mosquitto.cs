using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SeqStream.TestSupport;

/// <summary>A real mosquitto on a free loopback port, with files of its own, ended with the test.</summary>
internal sealed class Mosquitto : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-mosquitto-").FullName;
    private readonly string _options;
    private readonly ConcurrentQueue<string> _log = new();
    private Process? _process;

    private Mosquitto(string options)
    {
        Port = FreePort();
        _options = options;
    }

    public int Port { get; }

    public string Folder => _folder;

    public string Uri => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{Port}");

    public int ProcessId => _process!.Id;

    public static string? Program { get; } = Find("mosquitto");

    /// <summary>Starts a broker; skips the test where there is none.</summary>
    /// <param name="options">Lines of the configuration beside the listener's; <c>{folder}</c> is the broker's own folder.</param>
    /// <param name="prepare">Writes files into that folder first.</param>
    public static Mosquitto Start(string options = "allow_anonymous true", Action<string>? prepare = null)
    {
        if (Program is null) Assert.Skip("mosquitto is not installed. Install it (Debian: apt-get install mosquitto mosquitto-clients).");
        Mosquitto broker = new(options);
        prepare?.Invoke(broker._folder);
        broker.Run();
        return broker;
    }

    public void Run()
    {
        string file = Path.Combine(_folder, "mosquitto.conf");
        File.WriteAllText(file, $"listener {Port} 127.0.0.1\nlog_type error\nlog_type warning\nlog_type notice\nlog_type subscribe\n{_options.Replace("{folder}", _folder, StringComparison.Ordinal)}\n{(Environment.UserName == "root" ? "user root\n" : "")}");
        _process = Process.Start(new ProcessStartInfo(Program!, ["-c", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        long deadline = Environment.TickCount64 + 10_000;
        while (!IsListening())
        {
            if (_process.HasExited || Environment.TickCount64 > deadline) throw new InvalidOperationException($"mosquitto did not start with:\n{File.ReadAllText(file)}\n{string.Join('\n', _log)}");
            Thread.Sleep(5);
        }
    }

    /// <summary>Waits until a client of this name has subscribed since the broker was started first.</summary>
    public Task UntilSubscribedAsync(string client) => UntilLogAsync($": {client} ");

    /// <summary>Waits until a client of this name has connected so many times since the broker was started first.</summary>
    public Task UntilConnectedAsync(string client, int times = 1) => UntilLogAsync(ConnectionOf(client), times);

    /// <summary>How often a client of this name has connected since the broker was started first.</summary>
    public int Connections(string client) => _log.Count(line => line.Contains(ConnectionOf(client), StringComparison.Ordinal));

    /// <summary>Ends the broker so that it writes what is to outlive it, and starts it again.</summary>
    public void Restart()
    {
        if (!_process!.HasExited) Signal("TERM");
        _process.WaitForExit();
        Run();
    }

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>Runs mosquitto_pub or another of its programs.</summary>
    public void Command(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Find(program)!, ["-h", "127.0.0.1", "-p", Port.ToString(System.Globalization.CultureInfo.InvariantCulture), .. arguments]))!;
        if (!process.WaitForExit(10_000)) process.Kill();
    }

    public Process Open(string program, params string[] arguments)
        => Process.Start(new ProcessStartInfo(Find(program)!, ["-h", "127.0.0.1", "-p", Port.ToString(System.Globalization.CultureInfo.InvariantCulture), .. arguments]) { RedirectStandardOutput = true })!;

    public void Signal(string name) => Signal(ProcessId, name);

    /// <summary>Sends a signal to any process.</summary>
    public static void Signal(int processId, string name)
    {
        using Process process = Process.Start("kill", [$"-{name}", processId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (_process is { HasExited: false }) Kill();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    internal static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string ConnectionOf(string client) => $" as {client} (";

    private async Task UntilLogAsync(string text, int times = 1)
    {
        long deadline = Environment.TickCount64 + 30_000;
        while (_log.Count(line => line.Contains(text, StringComparison.Ordinal)) < times)
        {
            if (Environment.TickCount64 > deadline) throw new TimeoutException($"mosquitto did not log '{text}':\n{string.Join('\n', _log)}");
            await Task.Delay(5);
        }
    }

    private bool IsListening()
    {
        try
        {
            using TcpClient probe = new();
            probe.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
