using System.Diagnostics;
using System.Globalization;
using SeqStream.TestSupport;

namespace SeqStream.Fuzzing;

/// <summary>
/// Fuzzes for some seconds on a thread of its own. Input number n of a run follows from the run's seed, the files of the shared folder and the inputs before it. An
/// input fails if anything but a declared exception comes out, if it takes more than a second of processor time, or more than 512 MB.
/// </summary>
internal sealed class FuzzRun(int seed, double seconds, string folder)
{
    private const double MostSeconds = 1;
    private const long MostBytes = 512_000_000;
    private const int MostFailures = 20;
    private const int HangSeconds = 60;
    private const int MostShown = 40;

    private readonly Corpus _corpus = new();
    private readonly Dictionary<string, int> _reached = new(StringComparer.Ordinal);
    private readonly List<string> _failures = [];
    private readonly HashSet<string> _failureKinds = new(StringComparer.Ordinal);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private byte[] _input = [];
    private long _number;
    private long _inputStarted;

    /// <summary>What failed, with the input as base64.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Inputs that were run.</summary>
    public long Executions => _number;

    public int Reached => _reached.Count;

    public int SeedModels => _corpus.Seeds;

    public double InputsPerSecond => _number / Math.Max(_clock.Elapsed.TotalSeconds, 1e-3);

    /// <summary>Runs to the end, or until an input hangs.</summary>
    public void Run()
    {
        Directory.CreateDirectory(folder);
        Thread worker = new(Work, maxStackSize: 1 << 20) { IsBackground = true };
        worker.Start();
        while (!worker.Join(1000))
        {
            if (_clock.ElapsedMilliseconds - Volatile.Read(ref _inputStarted) > HangSeconds * 1000)
            {
                Fail("hang", $"an input did not end within {HangSeconds} s", _input);
                return;
            }
        }
        File.Delete(InFlight);
    }

    /// <summary>The most frequent outcomes.</summary>
    public string Coverage() => string.Join('\n', _reached.OrderByDescending(static pair => pair.Value).Take(MostShown).Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value,8} {pair.Key}")));

    private string InFlight => Path.Combine(folder, $"in-flight-{seed}.onnx");

    private void Work()
    {
        Random random = new(seed);
        ModelMutator mutator = new(random, _corpus);
        for (int index = 0; index < _corpus.Seeds; index++) Try(_corpus[index], isNew: false);
        while (_clock.Elapsed.TotalSeconds < seconds && _failures.Count < MostFailures) Try(mutator.Mutate(_corpus.Draw(random)), isNew: true);
    }

    private void Try(byte[] input, bool isNew)
    {
        _input = input;
        Volatile.Write(ref _inputStarted, _clock.ElapsedMilliseconds);
        int number = (int)(_number++ & int.MaxValue);
        PeakMemory.Begin();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        double started = ThreadClock.Seconds();
        try
        {
            string reached = FuzzTarget.Run(input, number, () => File.WriteAllBytes(InFlight, input));
            double spent = ThreadClock.Seconds() - started;
            if (spent > MostSeconds) spent = Again(input, number);    // The first time, code may have been compiled and memory collected.
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            if (spent > MostSeconds) Fail("slow: " + reached, string.Create(CultureInfo.InvariantCulture, $"it took {spent:F2} s of processor time"), input);
            else if (PeakMemory.Growth() > MostBytes) Fail("large: " + reached, string.Create(CultureInfo.InvariantCulture, $"the process grew by {PeakMemory.Growth()} bytes, {allocated} bytes were allocated"), input);
            if (!_reached.TryGetValue(reached, out int count) && isNew && input.Length <= Corpus.MostBytes) _corpus.Add(input);
            _reached[reached] = count + 1;
        }
        catch (Exception fault)
        {
            string place = fault.StackTrace?.Split('\n').FirstOrDefault(static line => line.Contains("SeqStream", StringComparison.Ordinal)) ?? "";
            Fail(fault.GetType().Name + place, fault.ToString(), input);
        }
    }

    private static double Again(byte[] input, int number)
    {
        double started = ThreadClock.Seconds();
        FuzzTarget.Run(input, number);
        return ThreadClock.Seconds() - started;
    }

    private void Fail(string kind, string what, byte[] input)
    {
        if (!_failureKinds.Add(kind)) return;
        string name = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"crash-{seed}-{_number - 1}.onnx"));
        File.WriteAllBytes(name, input);
        _failures.Add(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, input {_number - 1}, {name}: {what} ({kind.Split('\n')[0]})\n{Convert.ToBase64String(input)}"));
    }
}
