using SeqStream.Audio.Samples;

namespace SeqStream.Audio.Alsa;

/// <summary>A sound device that does what a test wrote down. One script serves all handles that are opened one after the other.</summary>
internal sealed class ScriptedPcm(LeapingClock clock) : IAlsaPcm
{
    private readonly Queue<Func<ScriptedPcm, int>> _reads = new();
    private short _sample;

    /// <summary>Answers of the next calls of <see cref="Open"/>; 0 when there are none left.</summary>
    public Queue<int> Opens { get; } = new();

    /// <summary>Answers of the next calls of <see cref="Recover"/>; 0 when there are none left.</summary>
    public Queue<int> Recovers { get; } = new();

    /// <summary>What the device agrees to.</summary>
    public Func<SampleEncoding, int, int, bool> Accepts { get; set; } = static (_, _, _) => true;

    /// <summary>Sample frames that wait in the device behind every read.</summary>
    public int Behind { get; set; }

    public List<string> Calls { get; } = [];

    /// <summary>The device captures so many sample frames, which takes their time.</summary>
    public ScriptedPcm Capture(int frames) => Do(pcm =>
    {
        clock.Move(TimeSpan.FromSeconds(frames / 16000.0));
        return frames;
    });

    /// <summary>Time passes, then the device answers an error.</summary>
    public ScriptedPcm Fail(int error, double afterSeconds = 0) => Do(pcm =>
    {
        clock.Move(TimeSpan.FromSeconds(afterSeconds));
        return error;
    });

    private ScriptedPcm Do(Func<ScriptedPcm, int> read)
    {
        _reads.Enqueue(read);
        return this;
    }

    public int Open(string device)
    {
        Calls.Add("open");
        return Opens.TryDequeue(out int answer) ? answer : 0;
    }

    public int SetParameters(AlsaSettings settings, TimeSpan buffer, TimeSpan period)
    {
        (SampleEncoding encoding, (int rateHz, int channels)) = settings;
        Calls.Add(FormattableString.Invariant($"{encoding} {channels} {rateHz}"));
        return Accepts(encoding, channels, rateHz) ? 0 : AlsaError.Invalid;
    }

    public int Start()
    {
        Calls.Add("start");
        return 0;
    }

    public int Wait(TimeSpan limit)
    {
        if (_reads.Count > 0) return 1;
        clock.Move(limit);
        return 0;
    }

    /// <summary>Samples count on, so that a test sees which are there.</summary>
    public int Read(Span<byte> bytes, int frames)
    {
        int answer = _reads.Dequeue()(this);
        for (int i = 0; i < answer; i++) BitConverter.TryWriteBytes(bytes[(2 * i)..], _sample++);
        return answer;
    }

    public long Available() => Behind;

    public int Recover(int error)
    {
        Calls.Add(FormattableString.Invariant($"recover {error}"));
        return Recovers.TryDequeue(out int answer) ? answer : 0;
    }

    public string Describe(int error) => FormattableString.Invariant($"error {error}");

    public void Dispose() => Calls.Add("close");
}
