namespace SeqStream.Hosting.Demonstration.MadeUp;

/// <summary>
/// A voice made of formants: a buzz of 120 Hz and noise, through three resonators for each sound of speech. Frequencies are round numbers near those that Peterson and Barney
/// (JASA 24, 1952) measured of men's vowels; consonants are short noises and glides. It says digits, at 8000 samples a second.
/// </summary>
internal sealed class Voice
{
    /// <summary>Samples a second.</summary>
    public const int RateHz = 8000;

    private const double Pitch = 120, Glide = 0.045; // Hz; seconds in which a sound becomes the next

    private static readonly Dictionary<string, Sound> s_sounds = new()
    {
        ["i"] = new(270, 2290, 3010, 1, 0, 0.16), ["I"] = new(390, 1990, 2550, 1, 0, 0.12), ["E"] = new(530, 1840, 2480, 1, 0, 0.14), ["V"] = new(640, 1190, 2390, 1, 0, 0.15),
        ["u"] = new(300, 870, 2240, 1, 0, 0.20), ["O"] = new(570, 840, 2410, 1, 0, 0.18), ["a"] = new(730, 1090, 2440, 1, 0, 0.14), ["o"] = new(450, 800, 2400, 1, 0, 0.16), ["U"] = new(440, 1020, 2240, 1, 0, 0.08),
        ["w"] = new(290, 610, 2150, 0.7, 0, 0.07), ["r"] = new(310, 1060, 1380, 0.7, 0, 0.08), ["n"] = new(250, 1300, 2300, 0.35, 0, 0.11), ["v"] = new(220, 1100, 2080, 0.3, 0.05, 0.07),
        ["s"] = new(1400, 2700, 3700, 0, 0.22, 0.15), ["z"] = new(300, 2600, 3600, 0.25, 0.15, 0.12), ["f"] = new(1000, 2000, 3200, 0, 0.06, 0.12), ["th"] = new(1200, 2200, 3300, 0, 0.05, 0.11),
        ["t"] = new(1500, 2700, 3600, 0, 0.28, 0.035), ["k"] = new(800, 1900, 2700, 0, 0.25, 0.04), ["-"] = new(400, 1500, 2500, 0, 0, 0.06),
    };

    private static readonly Dictionary<string, string> s_words = new()
    {
        ["zero"] = "z I r o", ["one"] = "w V n", ["two"] = "- t u", ["three"] = "th r i", ["four"] = "f O r", ["five"] = "f a I v", ["six"] = "s I - k s", ["seven"] = "s E v V n", ["eight"] = "E I - t", ["nine"] = "n a I n",
    };

    private readonly Random _random = new(7);
    private readonly Resonator[] _throat = [new(70), new(90), new(130)];
    private double _phase;

    /// <summary>The samples of words with pauses of silence before, between and behind them.</summary>
    public float[] Say(double pauseSeconds, params string[] words)
    {
        List<float> samples = [];
        Rest(samples, pauseSeconds);
        foreach (string word in words)
        {
            Sound[] sounds = [.. s_words[word].Split(' ').Select(static name => s_sounds[name])];
            for (int i = 0; i < sounds.Length; i++) Say(samples, sounds[Math.Max(0, i - 1)], sounds[i], isLast: i == sounds.Length - 1);
            Rest(samples, pauseSeconds);
        }
        return [.. samples];
    }

    /// <summary>The words as frames of 30 ms, as a microphone gives them.</summary>
    public static IEnumerable<IEnumerable<SceneFrame>> Frames(double pause, params string[] words)
        => [new Voice().Say(0.5, words).Chunk(RateHz * 30 / 1000).Select((piece, at) => SceneFrame.Measured(piece, at * 0.03, pause))];

    private void Rest(List<float> samples, double seconds)
    {
        for (int i = 0; i < (int)(seconds * RateHz); i++) samples.Add((float)(0.0004 * (_random.NextDouble() - 0.5)));
    }

    private void Say(List<float> samples, Sound before, Sound sound, bool isLast)
    {
        int count = (int)(sound.Seconds * RateHz);
        for (int i = 0; i < count; i++)
        {
            double come = Math.Min(1, i / (Glide * RateHz)), fade = isLast ? Math.Min(1, (count - i) / (0.05 * RateHz)) : 1;
            _phase = (_phase + (Pitch - 15.0 * i / count) / RateHz) % 1;
            double buzz = (_phase < 0.1 ? 1 : -0.11) * Between(before.Voiced, sound.Voiced, come), noise = (_random.NextDouble() * 2 - 1) * Between(before.Noise, sound.Noise, come);
            double value = (buzz + noise) * fade;
            for (int formant = 0; formant < _throat.Length; formant++) value = _throat[formant].Pass(value, Between(before.Formant(formant), sound.Formant(formant), come));
            samples.Add((float)Math.Clamp(value * 0.25 + 0.0004 * (_random.NextDouble() - 0.5), -1, 1));
        }
    }

    private static double Between(double from, double to, double share) => from + (to - from) * share;

    /// <summary>A sound of speech: three formants in Hz, strength of buzz and noise, seconds.</summary>
    private readonly record struct Sound(double First, double Second, double Third, double Voiced, double Noise, double Seconds)
    {
        public double Formant(int index) => index switch { 0 => First, 1 => Second, _ => Third };
    }

    /// <summary>A resonance of a throat (Klatt, JASA 67, 1980): gain 1 at 0 Hz.</summary>
    private sealed class Resonator(double bandwidth)
    {
        private double _last, _before;

        public double Pass(double value, double hertz)
        {
            double c = -Math.Exp(-2 * Math.PI * bandwidth / RateHz), b = 2 * Math.Exp(-Math.PI * bandwidth / RateHz) * Math.Cos(2 * Math.PI * hertz / RateHz);
            double next = (1 - b - c) * value + b * _last + c * _before;
            (_before, _last) = (_last, next);
            return next;
        }
    }
}
