namespace SeqStream.FrontEnds.Audio;

/// <summary>One window of samples to log-mel energies or cepstra. The tables are shared by all streams of a model; immutable, any thread.</summary>
internal sealed class MelAnalysis
{
    [ThreadStatic]
    private static double[]? t_scratch; // one for each thread: a stream has no use for it between two calls

    private readonly LogMelOptions _options;
    private readonly RealFft _fft;
    private readonly MelBands _bands;
    private readonly double[] _window;  // [window sample]
    private readonly double[] _cosines; // [coefficient, band], empty without cepstra

    public MelAnalysis(LogMelOptions options)
    {
        _options = options;
        _fft = new RealFft(options.FftSize);
        _bands = new MelBands(options.Bands, options.LowHz, options.HighHz, options.RateHz, options.FftSize);
        _window = [.. Enumerable.Range(0, options.WindowSamples).Select(i => WindowAt(options.Shape, i / (double)options.WindowSamples))];
        _cosines = Cosines(options.Coefficients, options.Bands);
    }

    /// <summary>The features of one window.</summary>
    /// <param name="samples">[window sample]</param>
    /// <param name="features">[feature]</param>
    [HotPath]
    public void Apply(ReadOnlySpan<float> samples, Span<double> features)
    {
        int scratchLength = _fft.ScratchLength + _fft.Bins + _options.Bands;
        if (t_scratch is null || t_scratch.Length < scratchLength) t_scratch = new double[scratchLength];
        Span<double> scratch = t_scratch.AsSpan(0, _fft.ScratchLength);
        Span<double> power = t_scratch.AsSpan(_fft.ScratchLength, _fft.Bins);
        Span<double> energies = t_scratch.AsSpan(_fft.ScratchLength + _fft.Bins, _options.Bands);
        Shape(samples, scratch[..(_options.FftSize / 2)], scratch.Slice(_options.FftSize / 2, _options.FftSize / 2));
        _fft.Power(scratch, power);
        _bands.Apply(power, energies);
        foreach (ref double energy in energies) energy = Math.Log(Math.Max(energy, _options.Floor));
        if (_cosines.Length == 0) energies.CopyTo(features);
        else Transform(energies, features);
    }

    private static double WindowAt(WindowShape shape, double place) => shape switch
    {
        WindowShape.Hann => 0.5 - 0.5 * Math.Cos(2 * Math.PI * place),
        WindowShape.Hamming => 0.54 - 0.46 * Math.Cos(2 * Math.PI * place),
        _ => 1,
    };

    /// <summary>The orthonormal cosine transform of type II.</summary>
    private static double[] Cosines(int coefficients, int bands)
    {
        double[] cosines = new double[coefficients * bands];
        for (int c = 0; c < coefficients; c++)
        {
            double scale = Math.Sqrt((c == 0 ? 1.0 : 2.0) / bands);
            for (int band = 0; band < bands; band++) cosines[c * bands + band] = scale * Math.Cos(Math.PI * c * (band + 0.5) / bands);
        }
        return cosines;
    }

    private void Shape(ReadOnlySpan<float> samples, Span<double> even, Span<double> odd)
    {
        int pairs = samples.Length / 2;
        for (int i = 0; i < pairs; i++)
        {
            even[i] = samples[2 * i] * _window[2 * i];
            odd[i] = samples[2 * i + 1] * _window[2 * i + 1];
        }
        even[pairs..].Clear();
        odd[pairs..].Clear();
        if ((samples.Length & 1) != 0) even[pairs] = samples[^1] * _window[^1];
    }

    private void Transform(ReadOnlySpan<double> energies, Span<double> features)
    {
        for (int c = 0; c < features.Length; c++)
        {
            double sum = 0;
            for (int band = 0; band < energies.Length; band++) sum += _cosines[c * energies.Length + band] * energies[band];
            features[c] = sum;
        }
    }
}
